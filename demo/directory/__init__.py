"""The demo borough's directory of help: made-up services, as a feed of Open Referral UK, and what people say."""
