package draft

// french are the words of French. A word that is another one without its accents ("à"
// and "a") is kept out, or stands in a phrase.
var french = tongue{
	common: []string{
		"à", "le", "la", "les", "l'", "un", "une", "du", "des", "d'", "et", "ou", "nous", "vous", "nos", "vos", "notre", "votre", "ce", "cet", "cette", "ces", "qui",
		"que", "qu'", "ne", "n'", "pas", "plus", "pour", "par", "avec", "sans", "sur", "dans", "depuis", "entre", "est", "sont", "ont", "été", "être", "avons",
		"leur", "leurs", "aux", "au", "tous", "toutes", "tout", "certains", "certaines", "clients", "paiements", "échouent", "lent", "lente", "lents",
		"lentes", "service", "services", "problème", "incident", "panne", "cause", "identifiée", "trouvée", "analyse", "analysons", "enquêtons",
		"surveillons", "surveillance", "travaillons", "équipes", "désolés", "merci", "gêne", "veuillez", "actuellement", "aucun", "aucune",
		// Words of other languages too.
		"de", "on", "en", "son", "plan", "via", "problem",
	},
	months: [12][]string{
		{"janvier", "janv"}, {"février", "févr", "fév"}, {"mars"}, {"avril", "avr"}, {"mai"}, {"juin"},
		{"juillet", "juil"}, {"août"}, {"septembre", "sept"}, {"octobre", "oct"}, {"novembre", "nov"}, {"décembre", "déc"},
	},
	ordinals: []string{"er", "ere"}, the: []string{"le", "du"}, dayFirst: true, onDay: []string{"le", "du", "au"}, parts: []string{"de", "du", "des", "d'"},
	days: [7][]string{
		{"dimanche", "dimanches"}, {"lundi", "lundis"}, {"mardi", "mardis"}, {"mercredi", "mercredis"}, {"jeudi", "jeudis"}, {"vendredi", "vendredis"},
		{"samedi", "samedis"},
	},
	shortDays: [7][]string{{"dim"}, {"lun"}, {"mar"}, {"mer"}, {"jeu"}, {"ven"}, {"sam"}},
	stops: []string{
		"env", "min", "h", "dim", "lun", "mar", "mer", "jeu", "ven", "sam", "janv", "févr", "fév", "avr", "juil", "sept", "oct", "nov", "déc",
	},
	hours:  []string{"h", "heures", "heure"},
	atHour: []string{"à", "vers", "ici", "avant", "après", "jusqu'à", "dès", "entre", "prévu pour", "prévue pour", "attendu pour", "attendue pour", "environ à"},
	lasts: []string{
		"pendant", "durant", "dans", "sous", "toutes les", "plus de", "moins de", "près de", "durée de", "panne de", "coupure de", "interruption de",
		"attente de", "retard de", "bout de", "duré", "dure", "durera",
	},
	zoneBefore: []string{
		"heure de", "heure d'", "heure du", "heures de", "heure locale", "heure française", "heure belge", "heure suisse", "heure normale", "heure d'été",
		"heure d'hiver",
	},
	allTimes: []string{"heures", "horaires"},
	within:   []string{"dans", "d'ici", "d'ici à", "sous", "endéans"}, every: []string{"toutes les", "tous les", "chaque"},
	about: []string{"environ", "les", "la", "l'", "au plus", "maximum", "au maximum", "moins d'", "moins de", "prochaines", "prochaine"},
	numbers: []string{
		"un", "une", "deux", "trois", "quatre", "cinq", "dix", "quinze", "vingt", "trente", "quarante", "quarante-cinq", "soixante", "quelques", "une demi",
		"un quart d'", "trois quarts d'", "une petite",
	},
	more:  []string{"prochaines", "prochains", "petites"},
	units: []string{"minute", "minutes", "min", "mn", "heure", "heures", "h", "jour", "jours"},
	lengths: []string{
		"dans l'heure", "dans la prochaine heure", "dans l'heure qui vient", "toutes les heures", "toutes les demi-heures", "chaque heure",
		"chaque demi-heure", "tous les quarts d'heure", "chaque quart d'heure", "dans la demi-heure", "dans le quart d'heure",
	},
	next: []string{
		"prochaine mise à jour", "prochaines mises à jour", "mise à jour suivante", "autre mise à jour", "prochain point", "prochaine communication",
		"prochaines informations", "prochaine information", "prochain message", "prochaine actualisation", "prochain bulletin", "prochain compte rendu",
		"prochaine publication", "prochaine annonce", "prochaines nouvelles", "nouveau point", "nouveau message", "revenons vers vous",
		"reviendrons vers vous", "reviendra vers vous", "vous tiendrons informés", "vous tenons informés", "vous tiendrons au courant",
		"vous tenons au courant", "vous informerons", "vous informons", "vous donnerons des nouvelles", "mise à jour toutes les",
		"mises à jour toutes les", "point toutes les", "publierons une mise à jour", "donnerons une mise à jour", "enverrons une mise à jour",
		"ferons une mise à jour", "publierons une nouvelle mise à jour", "publierons un point", "ferons un point",
	},
	told:    []string{"nouvelle mise à jour", "mise à jour à", "mise à jour vers", "mise à jour dans", "une mise à jour", "point de situation", "plus d'informations", "nouvelles informations"},
	updates: []string{"mise à jour", "mises à jour", "point de situation", "points de situation", "communication", "informerons", "update", "updates"},
	future: []string{
		"sera", "seront", "serait", "devrait", "devraient", "devrions", "pourra", "pourront", "prévoyons", "prévoit", "prévoient", "prévu", "prévue", "prévus",
		"prévues", "pensons", "espérons", "estimons", "estimé", "estimée", "attendu", "attendue", "attendons", "comptons", "visons", "va être", "vont être",
		"allons", "va revenir", "vont revenir", "va fonctionner", "vont fonctionner", "promettons", "aurons", "aura", "auront", "probablement", "sans doute",
	},
	mended: []string{
		"rétabli", "rétablie", "rétablis", "rétablies", "rétablir", "rétablissement", "résolu", "résolue", "résolus", "résolues", "résoudre", "résolution",
		"réparé", "réparée", "réparés", "réparées", "réparer", "réparation", "corrigé", "corrigée", "corrigés", "corrigées", "corriger", "restauré",
		"restaurée", "restaurés", "restaurées", "restaurer", "retour à la normale", "revenir à la normale", "revenu à la normale", "revenue à la normale",
		"de retour", "disponible", "disponibles", "opérationnel", "opérationnelle", "opérationnels", "opérationnelles", "fonctionner", "fonctionnel",
		"fonctionnelle", "accessible", "accessibles", "en ligne", "terminé", "terminée", "réglé", "réglée", "atténué", "atténuée", "normal", "normale",
	},
	willMend: []string{
		"fonctionnera", "fonctionneront", "reviendra à la normale", "reviendront à la normale", "rétablirons", "résoudrons", "corrigerons", "réparerons",
		"revient", "reviennent", "redeviendra", "redeviendront", "remarchera",
	},
	foreseen: []string{
		"prévu", "prévue", "attendu", "attendue", "estimé", "estimée", "espéré", "espérée", "est prévu", "est prévue", "est attendu", "est attendue",
	},
	present: []string{"est", "sont"},
	done: []string{
		"rétabli", "rétablie", "rétablis", "rétablies", "résolu", "résolue", "résolus", "résolues", "réparé", "réparée", "réparés", "réparées", "corrigé",
		"corrigée", "corrigés", "corrigées", "réglé", "réglée",
	},
	past:   []string{"est", "sont", "était", "étaient", "a été", "ont été", "ont", "avons", "avait", "fut", "a pu", "a permis"},
	unless: []string{"quand", "lorsque", "lorsqu'", "dès que", "dès qu'", "une fois", "jusqu'à ce que", "après", "si", "s'il", "s'ils", "aussitôt que", "avant que"},
	by: []string{
		"d'ici", "d'ici à", "avant", "vers", "à", "pour", "dans", "aux alentours de", "autour de", "au plus tard à", "au plus tard", "aux environs de",
	},
	again:   []string{"à nouveau", "de nouveau", "complètement", "entièrement", "pour tous", "normalement", "complet", "complète", "total", "totale"},
	byFirst: []string{"d'ici", "d'ici à", "avant", "vers", "au plus tard à", "dès"},
	until:   []string{"jusqu'à", "jusqu'au"},
	promised: []string{
		"heure de rétablissement", "heure estimée de", "délai de résolution", "délai de rétablissement", "délai estimé de", "temps de résolution",
		"temps de rétablissement", "rétablissement prévu", "rétablissement attendu", "rétablissement estimé", "résolution prévue", "résolution attendue",
		"résolution estimée", "retour à la normale prévu", "retour à la normale attendu", "retour à la normale estimé", "eta",
	},
	vague: []string{
		"bientôt", "sous peu", "prochainement", "incessamment", "demain", "ce soir", "cette nuit",
		"dans la journée", "dans la soirée", "fin de journée", "midi", "minuit", "d'un instant à l'autre",
		"d'une minute à l'autre", "dans quelques instants", "dans un instant",
	},
	today:  []string{"aujourd'hui", "cet après-midi", "ce matin", "dans la matinée", "fin de matinée"},
	no:     []string{"aucun", "aucune", "pas", "ni", "sans", "jamais", "nulle"},
	things: []string{"donnée", "données", "enregistrement", "enregistrements", "informations personnelles"},
	fates: []string{
		"perte", "pertes", "perdu", "perdue", "perdus", "perdues", "intact", "intacte", "intacts", "intactes", "affecté", "affectée", "affectés", "affectées",
		"touché", "touchée", "touchés", "touchées", "impacté", "impactée", "impactés", "impactées", "exposé", "exposée", "exposés", "exposées", "divulgué",
		"divulguée", "divulgués", "divulguées", "fuite", "fuites", "corrompu", "corrompue", "corrompus", "corrompues", "corruption", "supprimé", "supprimée",
		"supprimés", "supprimées", "manquante", "manquantes", "compromis", "compromise", "compromises", "violation", "accès", "consultées", "sécurisées",
		"sécurité", "complètes", "récupérées", "restaurées", "conservées", "préservées", "altérées", "volées",
	},
	losses: []string{
		"perte", "pertes", "perdu", "perdue", "perdus", "perdues", "affectée", "affectées", "touchée", "touchées", "impactée", "impactées", "exposée",
		"exposées", "divulguée", "divulguées", "fuite", "fuites", "corrompue", "corrompues", "compromise", "compromises", "violation", "consultées",
		"altérées", "volées",
	},
}
