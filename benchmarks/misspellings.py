"""One word written otherwise: slips of the keyboard, misread letters, spellings by ear and alphabet, short forms.

Written for the benchmarks and taken from nowhere: slips follow the keys of a UK keyboard, misreadings the shapes of
letters, spellings and short forms lists of this file's own, which are not the search's.
"""

import random
from collections.abc import Sequence

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: dict[str, str] = {}
for _r, _row in enumerate(_ROWS):
    for _i, _key in enumerate(_row):
        _near = _row[max(0, _i - 1) : _i] + _row[_i + 1 : _i + 2]
        for _other in (_r - 1, _r + 1):
            if 0 <= _other < len(_ROWS):
                _near += _ROWS[_other][max(0, _i - 1) : _i + 1]
        _NEIGHBOURS[_key] = _near


def keyboard_slip(word: str, rng: random.Random) -> str:
    """One slip of the fingers: a neighbouring key, two letters exchanged, one left out, one doubled or one too many."""
    letters = word.lower()
    if len(letters) < 2:
        return letters
    i = rng.randrange(len(letters))
    kind = rng.choices(("neighbour", "exchange", "omit", "double", "extra"), (35, 20, 25, 10, 10))[0]
    near = _NEIGHBOURS.get(letters[i], "e")
    if kind == "neighbour":
        return letters[:i] + rng.choice(near) + letters[i + 1 :]
    if kind == "exchange":
        i = min(i, len(letters) - 2)
        return letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :]
    if kind == "omit":
        return letters[:i] + letters[i + 1 :]
    if kind == "double":
        return letters[: i + 1] + letters[i] + letters[i + 1 :]
    return letters[:i] + rng.choice(near) + letters[i:]


def _pairs(text: str) -> list[tuple[str, str]]:
    """ "old>new old>new" as pairs."""
    return [(old, new) for old, _, new in (pair.partition(">") for pair in text.split())]


_MISREAD = _pairs(
    "rn>m m>rn cl>d d>cl li>h h>b u>v v>u n>u u>n e>c c>e l>i i>l o>a a>o t>f f>t w>vv g>q q>g r>v j>i k>h y>g "
)


def _replaced(word: str, pairs: Sequence[tuple[str, str]], rng: random.Random) -> str:
    letters = word.lower()
    usable = [(old, new) for old, new in pairs if old in letters]
    if not usable:
        return letters
    old, new = rng.choice(usable)
    places = [i for i in range(len(letters)) if letters.startswith(old, i)]
    i = rng.choice(places)
    return letters[:i] + new + letters[i + len(old) :]


def misread(word: str, rng: random.Random) -> str:
    """One letter or pair taken for another of like shape, as from handwriting or a scan."""
    return _replaced(word, _MISREAD, rng)


# Whole-name spellings met in registers; each line is one name.
_SPELLINGS = [
    line.split()
    for line in """
mohammed muhammad mohamed mohammad mohamad muhammed mohamud mahammad mohammod maxamed
ahmed ahmad ahmet axmed ahmmed
hussain hussein hossain husain husein hussen xuseen hosen
hassan hasan hasson xasan hussan
ali aly alli cali alee
yusuf yousuf yousef yusef youssef yusuff yuusuf eusuf
ibrahim ebrahim ibraheem ibraahim
abdul abdool abdoul abdal
rahman rehman rahaman rohman raman
abdirahman abdurahman abdulrahman abdurrahman
amina aamina aminah ameena amena
aisha ayesha aysha aishah caasho aicha
fatima fatema fatimah fathima faatima
khadija khadijah kadija khadiza khadeeja
zainab zaynab zeinab zainub jainab saynab
maryam mariam marium meryem maryaam
halima haleema halimah xaliimo halema
omar umar cumar omer
usman osman uthman othman cusmaan
khalid khaled khalit kaled
kamal kamaal kemal
tariq tarek tarik tareq
rashid rasheed rashed roshid
karim kareem korim
begum begom begam beghum
khatun khatoon katun khatum
miah mia miya meah
chowdhury choudhury chaudhry choudhry chowdury chaudhary
uddin udin uddeen oddin
akhtar akter aktar akther akhter
islam eslam izlam
hoque haque huq hok hoq
sheikh shaikh sheik shekh
siddique siddiqui siddiq siddiqi sidique
qureshi quraishi koreshi qureshy
iqbal ikbal eqbal
khan kan khaan
malik malek maalik
nasreen nasrin nazreen
yasmin yasmeen jasmin yasmine
farzana farjana farzanah
sultana soltana sultanah
nazma najma nasma
salma selma
sadia sadiya saadia
safiya safia sofia saffiya
mahmud mahmood mehmood mahmoud
abdullah abdulla abdallah abdullahi
ismail ismael esmail
sulaiman suleiman suleman sulayman
yahya yehya yahia
dawud dawood daud daoud
farah faarax fara farrah
warsame warsama warsaame
abdi cabdi abdie
jama jamaa jaamac
olu olou
adeyemi adeyemy adiyemi
oluwaseun oluwasheun oluwaseon
ayodeji ayodegi aiodeji
folake folakay folaki
babatunde babatundi babatoonde
adebayo adebyo adibayo
kowalski kovalski kowalsky
nowak novak nowack
wisniewski vishnevski wisniewsky
lewandowski levandovski lewandowsky
wojciech voycheh wojcieh
krzysztof kristof krzystof kshishtof
katarzyna katazyna katarzina
agnieszka agneshka agnieska
malgorzata malgozata malgorzhata
stefan stephan shtefan steffan
popescu popesku popesco
ionescu yonescu ionesku
gheorghe george georghe
stanescu stanesku
mihai mihay michai
kazlauskas kazlawskas kaslauskas
jankauskas yankauskas jankawskas
catherine katherine kathryn catharine
stephen steven stephan
philip phillip filip
geoffrey jeffrey jeffery
sara sarah
ann anne
clare claire clair
smith smyth smythe
brown browne
clark clarke
reed reid read
thompson thomson tomson
davis davies
philips phillips
shaun sean shawn
neil neal niel
alan allan allen
graham graeme grahame
lewis louis luis
isabel isobel isabelle
sofia sophia zofia
nicola nichola nikola
jon john
stuart stewart
leah lea leia
harpreet harprit
singh sing sinh
kaur kour cour
patel pattel patil
sharma sarma sharmah
krishna krisna krishnah
lakshmi laxmi luxmi
""".strip().split("\n")
]
_SPELLED: dict[str, list[str]] = {}
for _line in _SPELLINGS:
    for _name in _line:
        _SPELLED.setdefault(_name, []).extend(other for other in _line if other != _name)

_BY_EAR = _pairs(
    "oo>u u>oo ee>i i>ee ou>u kh>k k>ck q>k ck>k aa>a a>aa y>i i>y w>v sz>sh cz>ch ai>ay ei>ai dh>d th>t "
    "ph>f f>ph z>s j>y sh>s e>a a>e o>u u>o ll>l l>ll mm>m m>mm nn>n n>nn ss>s tt>t t>tt ie>y ey>y "
    "ough>uff c>k x>ks gh>g ks>x "
)


def respelt(word: str, rng: random.Random) -> str:
    """As another ear or another alphabet writes it: a known other spelling, or one or two sounds written otherwise."""
    letters = word.lower()
    if letters in _SPELLED and rng.random() < 0.8:
        return rng.choice(_SPELLED[letters])
    out = _replaced(letters, _BY_EAR, rng)
    return _replaced(out, _BY_EAR, rng) if rng.random() < 0.3 else out


# Written for this file: short form, full forms it is used for.
_SHORT_FORMS = """
abigail: abby gail; adebayo: bayo; adebisi: bisi; adekunle: kunle; adewale: wale; adeyemi: yemi; aleksandra: ola;
alexander: alex sandy; alexandra: alex sandra; alfred: fred alfie; alina: alin; amanda: mandy;
amelia: amy millie; amin: ameen; andrew: andy drew; angela: angie; ann: annie nan; anna: ania; anne: annie;
anthony: tony; antony: tony; ayodeji: ayo; ayodele: ayo; babatunde: tunde; barbara: barb babs basia;
bartosz: bartek; benjamin: ben benny; bethany: beth; caroline: carol caz; catherine: kate cathy;
charles: charlie chuck; charlotte: charlie lottie; chiamaka: amaka; chinonso: nonso; christina: chris tina;
christine: chris tina; christopher: chris; chukwuemeka: emeka; constantin: costel; daniel: dan danny;
david: dave dawood; deborah: debbie deb; debra: debbie; derek: del; donald: don; dorothy: dot dolly;
douglas: doug; edmund: ed; edward: ed eddie ted teddy ned; eleanor: ellie nell; elizabeth: liz beth betty lizzie;
ellen: ellie; emily: millie em; emma: em; folasade: sade; frederick: fred freddie; gabriel: gabe; gareth: gary;
geoffrey: geoff; gerald: jerry gerry; gerard: gerry; gheorghe: gigi; graham: graeme; gregory: greg;
gwendolen: wendy; harold: harry hal; harpreet: harj; helen: nell; henry: harry; ion: ionut; isabel: izzy;
isabella: izzy bella; jacqueline: jackie; jakub: kuba; james: jim jimmy jamie; jane: janie; janet: jan;
janice: jan; jaswinder: jas; jeffrey: jeff; jennifer: jenny jen; jessica: jess; joanna: asia; john: jack johnny;
joseph: joe joey; joshua: josh; judith: judy; julia: jules; julie: jules; katarzyna: kasia;
katherine: kate kathy; kathleen: kathy; kenneth: ken kenny; khadija: dija; krishna: krish; krzysztof: krzysiek;
lawrence: larry; leonard: len lenny; lesley: les; leslie: les; linda: lyn; louis: lou; louise: lou;
lucinda: lucy; lynda: lyn; madeleine: maddie; madison: maddie; magdalena: magda; malgorzata: gosia;
manpreet: preet; margaret: peggy maggie meg; maria: mary; mary: molly polly; matthew: matt; maureen: mo;
maximilian: max; maxwell: max; megan: meg; michael: mike mick mickey; mihai: mihaita; mohamed: mo mohd;
mohammed: mo md mohd; muhammad: mo md; nancy: nan; natalie: nat; nathan: nat; nathaniel: nat;
nicholas: nick nicky; nicola: nicky; nicolae: nicu; obinna: obi; olabisi: bisi; olayinka: yinka; oliver: ollie;
olivia: livvy; olufemi: femi; olusegun: segun; oluwafemi: femi; oluwakemi: kemi; oluwaseun: seun;
oluwatosin: tosin; opeyemi: yemi; pamela: pam; patricia: pat trish; patrick: pat paddy; penelope: penny;
peter: pete; philip: phil; philippa: pippa; phillip: phil; rajesh: raj; rajinder: raj; raymond: ray;
rebecca: becky becca; reginald: reg; richard: dick rich rick; robert: bob rob bobby; ronald: ron ronnie;
rosalind: ros; rose: rosie; rosemary: rosie; samantha: sam; samuel: sam; sarah: sally; shirley: shirl;
sidney: sid; solomon: sol; stanislaw: staszek; stanley: stan; stephanie: steph; stephen: steve stevie;
steven: steve; sulaiman: sol; susan: sue susie; suzanne: sue; temitope: tope; terence: terry; teresa: tess;
theodore: teddy theo; theresa: tess terry; thomas: tom tommy; timothy: tim; titilayo: titi; tobias: toby;
tomasz: tomek; valerie: val; veronica: ronnie; victor: vic; victoria: vic vicky tori; vivian: viv; vivienne: viv;
walter: wally; william: bill will billy liam; winifred: win; wojciech: wojtek; zachary: zac; zakaria: zak;
zakariya: zak; zofia: zosia
"""
_SHORT = {full.strip(): forms.split() for full, _, forms in (entry.partition(":") for entry in _SHORT_FORMS.split(";"))}


def short_form(word: str, rng: random.Random) -> str | None:
    """What friends say; None if this file knows no short form of the name."""
    forms = [form for form in _SHORT.get(word.lower(), ()) if form != word.lower()]
    return rng.choice(forms) if forms else None
