"""Short, pet and sister forms of given names.

Written for this project from general knowledge of names used in east London; no list was copied. One line is one
name: its full form first, then the forms that people also use for it. A form may stand on several
name: lines (Alex is
Alexander and Alexandra): two names are related only if they share a line, so Alexander is never taken for
Alexandra. Spellings that differ only in how a name is written down (Mohammed, Muhammad) are not listed: the sound
keys find them by rule.
"""

_LINES = """
aaron: ron ronnie
abigail: abby abbie gail
abraham: abe bram ibrahim
adam: ade
adelaide: addie heidi
adrian: ade
agnes: aggie nessie
alan: al
albert: al bert bertie
alexander: alex al alec alick alistair alasdair sandy xander sasha lex aleksander aleksandr alejandro
alexander: alessandro alexandru olek aleks
alexandra: alex alexa alexis sandra sandy sasha lexi lexie aleksandra ola alessandra alejandra
alfred: alf alfie fred freddie
alice: ali ally elsie
alison: ali ally allie
amanda: mandy manda
amelia: amy millie mia melia
amy: amelia
andrea: andie andy drea
andrew: andy drew andrzej andrei andre andreas andrius anders
angela: angie ange
anne: ann anna annie nan nancy anita anneka annette hannah ania anka ana
anthony: tony ant antony antonio antoni anton antanas
antonia: toni tonia
arabella: bella belle
archibald: archie archy
arthur: art artie artur
barbara: barb barbie babs basia
barnaby: barney
bartholomew: bart bartek bartosz bartlomiej
beatrice: bea bee trixie beatrix beata
benjamin: ben benny benji beniamin
bernard: bernie
bernadette: bernie detta
bridget: bridie biddy brigid brigita
caroline: carol caz carrie lina karolina carolyn
cassandra: cass cassie
catherine: cath cathy kate katie kitty kit kay kathy kat katherine kathryn cat katarzyna kasia
catherine: caterina catalina ecaterina catriona kathleen
cecilia: cece cissy celia
charles: charlie chas chuck charley karol carlos carl
charlotte: charlie lottie lotte char charley
christian: chris cristian krystian
christina: chris chrissie tina christine christy kristina cristina krystyna kirsty
christopher: chris kit kris topher christy krzysztof krzys cristofor
clara: claire clare clarissa
clifford: cliff

constance: connie
cornelius: con neil corneliu
cynthia: cindy
daniel: dan danny dani danilo danielius
danielle: dani ellie daniela
darren: daz dazza
david: dave davey davy dai dawid dovydas davide
deborah: deb debbie debs debra
dennis: den denny denis
derek: del
dominic: dom nick dominik
donald: don donnie
dorothy: dot dottie dolly dora dorota
douglas: doug dougie
duncan: dunc
edith: edie
edmund: ed eddie ned ted
edward: ed eddie ted teddy ned eduard edek eduardas edoardo
edwin: ed eddie
elaine: laine ellie
eleanor: ellie nell nellie nora ella elle elly lenora elena elinor
elijah: eli ilyas
elizabeth: liz lizzie lizzy beth betty bess bessie eliza elsie lisa lise libby lilibet betsy elspeth
elizabeth: isabel elzbieta ela elisabeta elisa lillibet
ellen: nell nellie ellie helen
emily: em emmie millie emilia
emma: em emmie
emmanuel: manny emma manuel emanuel immanuel
ernest: ernie
esther: essie hester ester
eugene: gene
evelyn: eve evie lyn
eve: evie eva ewa ieva
fatima: fatou fatoumata fadumo fatma batoul tima faduma
felicity: flick fliss
ferdinand: ferdie
florence: flo florrie flossie
frances: fran frankie francesca franny fanny
francis: frank frankie fran franciszek francisc francesco
franklin: frank
frederick: fred freddie freddy rick fryderyk
gabriel: gabe gabi
gabrielle: gabby gabi gabriela
gail: abigail
gareth: gary gaz
gary: gaz gazza
geoffrey: geoff
george: georgie gheorghe jerzy jurgis giorgi
georgina: georgie gina georgia
gerald: gerry jerry
gerard: gerry jerry
gertrude: gertie trudy
gillian: gill jill jilly
giovanni: gianni john
gordon: gord
grace: gracie
graham: gray
gregory: greg grzegorz gregor grigore grzesiek
gwendolen: gwen gwenda wendy
hannah: hanna anna anne
harold: harry hal
harriet: hattie harri
harry: henry harold harrison
helen: nell nellie lena ellen helena elena
henry: harry hal hank harri henryk enrico
herbert: bert herb bertie
hilary: hils
horace: horry
hugh: hughie hugo huw
imogen: immy
ibrahim: ibra ebou ibro
isaac: zac ike ishaq
isabella: izzy bella belle isa isobel isabel izabela iza
ivan: john ioan
jacob: jake jay jakub kuba jack
jacqueline: jackie jacqui
james: jim jimmy jamie jem jimbo seamus jaime
jane: janie janey jenny janet jayne joanna
janet: jan jane jenny
janice: jan
jasmine: jaz jas yasmin
jason: jay jase
jeffrey: jeff
jennifer: jen jenny jenni jenna
jeremy: jez jerry jem jeremiah
jessica: jess jessie
joan: joanie joanna
joanna: jo joanne joey asia joana joann
john: jack johnny jon jonny ian sean shaun shane jan juan ivan ion ioan giovanni janek jonas johan
john: jean evan hans
jonathan: jon jonny john
joseph: joe joey jo jozef jose josif iosif juozas giuseppe yusuf jos
josephine: jo josie jozefa fifi
joshua: josh
joyce: joy
judith: judy jude
julia: jules julie juliet giulia
julian: jules
justin: jus
karen: kaz
katherine: kate katie kathy kat kitty kay catherine cath kathryn katya katia
keith: keef
kenneth: ken kenny
kevin: kev
kimberley: kim kimmy
laura: laurie lauren lora
lawrence: larry laurie loz lorenzo
leonard: len lenny leo leon
leslie: les
lesley: les
lewis: lou lew louis luis
lillian: lil lily lilly
linda: lin lindy lyn lynn
louise: lou lulu louisa luiza
louis: lou lewis ludwik luis
lucy: lu lucie lucia lucja
luke: lukasz lucas lukas luca
lydia: lyd liddy
madeleine: maddie maddy mads magda
malcolm: mal malc
margaret: maggie meg mags peggy marge margie madge rita greta daisy peg megan malgorzata gosia
margaret: margareta margarita maisie
maria: mary mia marie marysia mariana
mark: marek marcus marc marco marius
marilyn: maz lyn
marjorie: marge margie
martha: marty marta
martin: marty marcin martyn
martina: tina marty
mary: molly polly mae may maria marie maureen moira maryam miriam mamie marysia
matilda: tilly tilda mattie maud
matthew: matt matty mateusz matei matteo mat
maureen: mo reenie
maurice: mo maury morris
maxwell: max
maximilian: max maks
melanie: mel
melissa: mel missy lissa
michael: mike mick micky mickey mikey michal mihai mihail michel miguel mykolas mikolaj misha mitch
michelle: shell chelle mich
mildred: millie
miriam: mim mimi
mohammed: mo md mohd muhd moe mamadou momo
mohammad: mo md mohd muhd moe
monica: mona monika
nadezhda: nadia
nancy: nan ann
natalie: nat nattie talia natalia natasha
natasha: nat tash tasha natalia
nathan: nate nat
nathaniel: nathan nate nat
neil: neal niall
nicholas: nick nicky nico niko mikolaj nicolae nikolas klaus claus
nicola: nicky nicki nic nikki nicole
nigel: nige
norman: norm
oliver: ollie oli olly
olivia: liv livvy ollie libby
oscar: oz ozzie
oswald: oz ozzie
pamela: pam pammy
patricia: pat patsy trish tricia patty paddy patrycja patti
patrick: pat paddy patryk padraig
paul: paulie pawel pavel paolo pablo povilas
paula: paulina polly
penelope: penny pen
peter: pete piotr petru petras pedro pietro petr
philip: phil pip filip felipe
philippa: pip pippa pippy
phyllis: phyl
priscilla: cilla pris
prudence: pru
rachel: rach rae shelley raquel
raymond: ray
rebecca: becky becca bex beck rebekah
reginald: reg reggie
richard: rich rick ricky dick richie dickie ryszard ricardo
robert: rob bob bobby robbie bert robin roberto rab rabbie
roberta: bobbie robbie
robin: rob
roderick: rod roddy
rodney: rod
roger: rodge
ronald: ron ronnie
rosalind: ros roz rosie
rosemary: rose rosie romy
rose: rosie roza rosa
rosie: rose rosemary
roy: leroy
rupert: rupe
russell: russ
ruth: ruthie
samantha: sam sammy sammie
samuel: sam sammy samuil
sandra: sandy alexandra
sarah: sally sadie sal sara
sean: john shaun shane
sharon: shaz shazza
sidney: sid
simon: si szymon simeon
solomon: sol sulaiman
sophia: sophie soph sofia zofia zosia
stanley: stan stanislaw
stella: estelle
stephanie: steph stephie stefania stef
stephen: steve stevie ste stefan szczepan steffan esteban
stuart: stu stew
susan: sue susie suzy suzie sukie suzanne zuzanna susannah
suzanne: sue suzie suzy susie susan
sylvia: syl silvia
tabitha: tabby
tamara: tammy
teresa: terry tess tessa tess terri
terence: terry tel
theodore: theo ted teddy teodor tudor
theresa: terry tess tessa terri tracy
thomas: tom tommy tomasz tomas tommaso tomek
timothy: tim timmy
toby: tobias
tobias: toby
tracey: trace
trevor: trev
ursula: ulla
valerie: val
vanessa: ness nessa
veronica: vera ronnie roni weronika
victor: vic wiktor
victoria: vicky vikki tori vic vix wiktoria tory
vincent: vince vinny vinnie vincas
violet: vi
virginia: ginny
vivian: viv
walter: wally walt
wendy: gwendolen wend
wilfred: wilf fred freddie
william: bill billy will willie willy liam wil gwilym wilhelm
winifred: win winnie freda
yvonne: vonny
zachary: zac zach zak zack zachariah zakariya

abdullah: abdul abdi abdou
abdirahman: abdi abdul rahman
abdulrahman: abdi abdul rahman
abdikarim: abdi karim
abdulkarim: abdul karim
abdulaziz: abdul aziz abdi
abdulkadir: abdul kadir abdi
abdurrahman: abdul rahman abdi
ahmed: ahmad hamed
ali: aliyu
aisha: aishat caasho asha ayesha aisyah aissatou ayse
bilal: billal billy
fathia: fathi
habiba: biba
hamza: hamzat
hassan: hasan lasana
hussain: hussein husen
ismail: smail ishmael ismaila
khadija: khadra dija hatice kadiatou hadiza kadija
lukman: luqman luke
mariam: maryam maria mary mariama miriam maryama meryem
mosammat: mst musammat most
muhammadu: mo mamadu mamman
mustafa: mus mustapha
nabila: nabs
omar: umar omer umaru oumar
osman: usman uthman ousmane othman usmane
rahima: rahi
rukhsana: roxana ruksana
safiya: saf safi sophia
salma: sal
sulaiman: sol suleiman solomon souleymane
sumaya: sumi
yahya: john
yaqub: jacob yakub
yusuf: joe joseph yusuff yousaf
zainab: zeynep zee
zakariya: zak zach zakir

agnieszka: aga
aleksandra: ola
anastasia: nastya ana stasia
boguslaw: bogdan
dorota: dorotka
eleni: elena helen
gintaras: gintas
grzegorz: greg
ileana: ilinca
ioana: joana oana joanna
jaroslaw: jarek
kazimierz: kazik
lukasz: luke luca
maciej: maciek matt mathias
magdalena: magda lena madeleine
malgorzata: gosia margaret
piotr: piotrek peter
radoslaw: radek
rafal: raphael rafael
slawomir: slawek
stanislaw: stan staszek
tadeusz: tadek thaddeus
tomasz: tomek
vasile: basil vasyl
wojciech: wojtek adalbert
zbigniew: zbyszek
zdzislaw: zdzisiek

adebayo: bayo ade
adebola: bola ade
adedayo: dayo ade
adekunle: kunle ade
ademola: demola ade
adeola: ola ade deola
adetokunbo: toks tokunbo ade
adewale: wale ade
akinola: akin ola
ayodele: ayo dele
ayodeji: ayo deji
ayomide: ayo
babatunde: tunde baba
chiamaka: amaka chi
chidinma: chi dinma
chinedu: nedu edu chi
chinonso: nonso chi
chukwuemeka: emeka emma
ebenezer: eben ben
folasade: sade shade fola
ifeanyi: ify ifeanyichukwu
kehinde: kenny kenneth
kwabena: kobina kobby
mojisola: moji
ngozi: ngo
nkechinyere: nkechi kechi
obinna: obi
olabisi: bisi ola
olufemi: femi olu
olumide: olu mide
oluwaseun: seun shay
oluwadamilola: dami damilola
oluwafemi: femi
oluwatobi: tobi
oluwatosin: tosin
oluwaseyi: seyi
oluwakemi: kemi
olusegun: segun
onyeka: onye
taiwo: taye
temitope: temi tope
titilayo: titi layo
uchenna: uche
yewande: wande yetunde
oluwatoyin: toyin
oluwabunmi: bunmi
oluwasegun: segun
omotola: tola
omolara: lara
opeyemi: ope yemi
adeyemi: yemi ade
olayinka: yinka

guneet: gunnu
gurpreet: preet gurp gopi
harjit: harj harry
harpreet: preet harp harry
jaswinder: jas jaz jassi
kulwinder: kully
manjit: manj
manpreet: preet mani
parminder: pam
rajesh: raj
rajinder: raj
rajwinder: raj
satwinder: sat
sukhwinder: sukh suki
sukhdev: sukh
venkatesh: venkat
krishna: kris krishan
lakshmi: laxmi
vijay: vj
"""


def _groups() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in _LINES.split("\n"):
        full, _, forms = line.partition(":")
        for form in (full, *forms.split()):
            if form:
                groups.setdefault(form, set()).add(full)
    return {form: frozenset(names) for form, names in groups.items()}


GROUPS = _groups()
"""Form (folded) to the full names it can stand for; a full name stands for itself."""
