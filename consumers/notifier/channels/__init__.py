"""The channels by which messages leave: SMTP, GOV.UK Notify, webhooks."""
