-- Whether a leaf is shielded: it is linked with no other, and nobody is shown a detail of it. What
-- was told of it before stays as it was told, and is withheld from whoever asks for it.
ALTER TABLE leaves ADD COLUMN shielded boolean NOT NULL DEFAULT false;
CREATE INDEX leaves_shielded ON leaves (la, child) WHERE shielded;
