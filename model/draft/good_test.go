package draft_test

import "warroom/model"

// update is an update of Thursday 5 March 2026, 14:20 in Brussels, of what began at 13:40
// and is to be told of at 14:40.
type update struct {
	state model.UpdateState
	text  string
}

// good are updates in which nothing is wrong.
var good = map[string][]update{
	"English": {
		{model.Investigating, "We are investigating a problem with card payments. Since 13:40 CET some payments fail with an error. Next update at 14:40 CET."},
		{model.Investigating, "Some of you cannot log in since 13:40 CET.\nWhat you see: an empty page.\nOur teams work on it.\n\nNext update: 14:40 CET."},
		{model.Investigating, "Thursday 5 March 2026, 14:20 CET. Searches are slow for all customers in Belgium. We will post another update within 20 minutes."},
		{model.Identified, "We found the cause: a change of the payment page. We are taking it back. We do not have an ETA yet. Next update at 14:40 (Brussels time)."},
		{model.Identified, "The cause is known, and we work on a fix. Orders that fail are not charged. We will get back to you by 14:40 CET."},
		{model.Identified, "On 5 March at 13:40 CET a provider of ours had an outage. Please try again later: your basket is kept. Updates every 20 minutes, the next update at 14:40 CET."},
		{model.Monitoring, "A fix is in place since 14:10 CET and we watch it. Some mails may still be late. Next update at 14:40 CET."},
		{model.Monitoring, "Payments work again since 14:10 CET, and we keep watching. An update of the app is not needed. Next update by 2:40 pm CET."},
		{model.Monitoring, "The service was restored at 14:05 CET. Our support is there for you at https://status.example.com. We will update you at 14:40 CET once we are sure."},
		{model.Recovered, "This problem is over since 14:10 CET. It began at 13:40 CET. No data was lost. We are sorry for the trouble."},
		{model.Recovered, "All services work as usual. Between 13:40 and 14:10 CET some orders failed. Your data is safe, and nothing is left for you to do."},
		{model.Recovered, "Fixed at 14:10 CET (13:10 UTC). No customer data was exposed. A report of what happened follows on our status page."},
		{model.Investigating, "All times are in CET. 13:40: first errors. 14:05: our provider confirms an outage. Next update at 14:40."},
	},
	"French": {
		{model.Investigating, "Nous analysons un problème de paiement par carte. Depuis 13h40 CET, certains paiements échouent avec un message d'erreur. Prochaine mise à jour à 14h40 CET."},
		{model.Investigating, "Certains d'entre vous ne peuvent pas se connecter depuis 13 h 40 (heure de Paris).\nCe que vous voyez : une page blanche.\nNos équipes y travaillent.\n\nProchain point : 14 h 40 (heure de Paris)."},
		{model.Investigating, "Jeudi 5 mars 2026, 14h20 CET. La recherche est lente pour tous nos clients en Belgique. Nous publierons une nouvelle mise à jour dans 20 minutes."},
		{model.Investigating, "Le 5 mars à 13h40, heure de Bruxelles, une panne a commencé chez notre hébergeur. Nous vous tiendrons informés toutes les 20 minutes."},
		{model.Identified, "La cause est identifiée : un changement de la page de paiement. Nous revenons à la version précédente. Nous n'avons pas encore d'heure de rétablissement. Prochaine mise à jour à 14h40 CET."},
		{model.Identified, "Nous avons trouvé la cause et préparons un correctif. Les commandes en échec ne sont pas débitées. Nous reviendrons vers vous avant 14h40 CET."},
		{model.Identified, "Veuillez réessayer plus tard : votre panier est conservé. Toutes les heures sont en CET. Début : 13h40. Prochain point de situation à 14h40."},
		{model.Identified, "Suite à une mise à jour déployée à 13h40 CET, la page d'accueil est lente. Nous la retirons. Prochaine communication vers 14h40 CET, dès que nous en saurons plus."},
		{model.Monitoring, "Un correctif est en place depuis 14h10 CET et nous surveillons la situation. Certains courriels peuvent encore arriver en retard. Prochaine mise à jour d'ici 20 minutes."},
		{model.Monitoring, "Le service est rétabli depuis 14h05 CET. Notre support reste joignable jusqu'à 18h CET. Prochaine mise à jour à 14h40 CET."},
		{model.Monitoring, "Les paiements fonctionnent à nouveau depuis 14h10 CET après une interruption de 30 minutes. Nous ferons un point à 14h40 CET pour confirmer que tout est rétabli."},
		{model.Recovered, "L'incident est clos depuis 14h10 CET. Il avait commencé à 13h40 CET. Aucune donnée n'a été perdue. Veuillez nous excuser pour la gêne occasionnée."},
		{model.Recovered, "Tous les services fonctionnent normalement. Entre 13h40 et 14h10 CET, certaines commandes ont échoué. Vos données sont intactes et vous n'avez rien à faire."},
		{model.Recovered, "Résolu à 14h10 (UTC+1). Il n'y a eu aucune perte de données. Un compte rendu suivra sur https://status.example.com."},
		{model.Recovered, "Le 05/03/2026 de 13h40 à 14h10 CET, le service était indisponible pendant 30 min. Aucune fuite de données n'est à déplorer pendant le Black Friday."},
	},
	"Dutch": {
		{model.Investigating, "We onderzoeken een probleem met kaartbetalingen. Sinds 13:40 uur CET mislukken sommige betalingen met een foutmelding. Volgende update om 14:40 uur CET."},
		{model.Investigating, "Sommigen van u kunnen sinds 13.40 uur (Nederlandse tijd) niet inloggen.\nWat u ziet: een lege pagina.\nOnze teams werken eraan.\n\nVolgende update: 14.40 uur (Nederlandse tijd)."},
		{model.Investigating, "Donderdag 5 maart 2026, 14:20 uur CET. Zoeken is traag voor alle klanten in België. We laten u binnen 20 minuten weten hoe het staat: de volgende update volgt om 14:40 uur CET."},
		{model.Investigating, "Op 5 maart om 13u40 (Belgische tijd) begon een storing bij onze hostingpartner. We houden u elke 20 minuten op de hoogte."},
		{model.Identified, "De oorzaak is gevonden: een wijziging van de betaalpagina. We draaien die terug. We hebben nog geen verwachte hersteltijd. Volgende update om 14:40 CET."},
		{model.Identified, "We kennen de oorzaak en werken aan een oplossing. Mislukte bestellingen worden niet afgeschreven. We informeren u uiterlijk om 14:40 uur CET over de voortgang van het herstel."},
		{model.Identified, "Probeer het later opnieuw: uw winkelmandje blijft bewaard. Alle tijden zijn in CET. Begin: 13:40 uur. Volgend bericht: 14:40 uur."},
		{model.Identified, "Door een update van 13:40 uur CET is de startpagina traag. Het plan is om deze terug te draaien. Om 14:40 uur CET geven we een nieuwe update over de storing, ook als alles dan is hersteld."},
		{model.Monitoring, "Sinds 14:10 uur CET is een oplossing actief en we houden de situatie in de gaten. Sommige mails kunnen nog vertraagd zijn. Volgende update over 20 minuten."},
		{model.Monitoring, "De dienst is sinds 14:05 uur CET hersteld. Onze helpdesk is bereikbaar tot 18.00 uur CET. Volgende update om 14:40 uur CET."},
		{model.Monitoring, "De betalingen werken weer sinds 14u10 CET, na een onderbreking van een half uur. De volgende update is om 14u40 CET, zodra we zeker zijn dat alles is opgelost."},
		{model.Recovered, "De storing is sinds 14:10 uur CET voorbij. Ze begon om 13:40 uur CET. Er zijn geen gegevens verloren gegaan. Onze excuses voor het ongemak."},
		{model.Recovered, "Alle diensten werken weer zoals gewoonlijk. Tussen 13:40 en 14:10 uur CET mislukten sommige bestellingen. Uw gegevens zijn veilig en u hoeft niets te doen."},
		{model.Recovered, "Opgelost om 14.10 uur CET. Geen dataverlies. Een verslag volgt op https://status.example.com."},
		{model.Recovered, "Op 05-03-2026 van 13.40 tot 14.10 uur CET was de dienst onbereikbaar. Er zijn geen klantgegevens gelekt. De storing was binnen een half uur verholpen."},
	},
	"two of them": {
		{model.Investigating, "Depuis 13h40 CET, certains paiements échouent. Prochaine mise à jour à 14h40 CET.\n\nSinds 13:40 uur CET mislukken sommige betalingen. Volgende update om 14:40 uur CET."},
		{model.Recovered, "This problem is over. No data was lost.\n---\nCe problème est terminé. Aucune donnée n'a été perdue.\n---\nDit probleem is voorbij. Er gingen geen gegevens verloren."},
	},
}

// bad are sentences in which a rule finds something. Those that are not of Next or Data
// stand before a good sentence about the next update.
var bad = map[string]map[string][]string{
	"English": {
		"weekday": {
			"Since Wednesday, 5 March payments fail.", "Since 2026-03-05 (Fri) payments fail.", "Since Monday payments fail.", "Payments fail on Tue 5 Mar.",
			"On Saturday 05/03/2026 we had an outage.",
		},
		"date": {
			"Since 5 February 2026 payments fail.", "Payments fail since March 4th.", "We had an outage on 31 April.", "Payments fail since 07/04/2026.",
			"Since 29 February 2026 payments fail.",
		},
		"year": {"Since 5 March 2025 payments fail.", "It began on 2025-03-05.", "On March 5, 2027 payments failed.", "On 05/03/2025 payments failed."},
		"next": {"Payments fail. We work on it.", "The next update follows soon.", "Next update at 14:10 CET.", "Please be patient: more to come on our page."},
		"promise": {
			"It will be fixed by 15:00 CET.", "We expect to restore it within 30 minutes.", "Resolved in one hour.", "By 15:00 CET all should work again.",
			"Recovery is expected at 16:00 CET.", "The ETA is 16:00 CET.", "Payments should be back soon.",
		},
		"data": {"It works again.", "All is well, thank you for your patience.", "The outage is over. Sorry.", "Payments work since 14:10 CET."},
		"host": {"The database db-1.eu-west is slow.", "The server pay.internal is slow.", "web03 has an error.", "We restarted 10.1.2.3."},
	},
	"French": {
		"weekday": {
			"Depuis mercredi 5 mars, les paiements échouent.", "Depuis le 05/03/2026 (vendredi), les paiements échouent.", "Depuis lundi, les paiements échouent.",
			"Depuis le mar. 5 mars 2026, rien ne va plus.", "Vendredi le 5 mars, une panne a commencé.", "Le samedi 05/03 une panne a commencé.",
		},
		"date": {
			"Depuis le 5 février 2026, les paiements échouent.", "Une panne a eu lieu le 1er décembre.", "Une panne a eu lieu le 31 avril.",
			"Depuis le 03/05/2026, les paiements échouent.", "Depuis le 6/3 les paiements échouent.", "Depuis le 4 aout, rien ne va plus.",
		},
		"year": {
			"Depuis le 5 mars 2025, les paiements échouent.", "La panne a commencé le 05/03/2025.", "Le vendredi 5 mars 2027 une panne a commencé.",
			"Depuis le 05-03-2025 c'est lent.",
		},
		"next": {
			"Les paiements échouent. Nous y travaillons.", "La prochaine mise à jour suivra.", "Prochaine mise à jour à 14h10 CET.",
			"Merci de votre patience, plus de détails sur notre page.", "Prochain point à 13 h 30 (heure de Paris).",
		},
		"promise": {
			"Le service sera rétabli d'ici 16h CET.", "Résolu dans une heure.", "Nous prévoyons de rétablir le service dans les 30 minutes.",
			"D'ici 16h CET, tout devrait fonctionner à nouveau.", "Le retour à la normale est prévu vers 16h CET.", "Heure de rétablissement : 16h00 CET.",
			"Tout devrait être de retour bientôt.", "Les paiements fonctionneront de nouveau à 15h30 CET.", "Le service est rétabli à 16h00 CET.",
			"Le problème sera résolu aujourd'hui.",
		},
		"data": {
			"Tout fonctionne de nouveau.", "La panne est terminée, merci de votre patience.", "Les paiements fonctionnent depuis 14h10 CET.",
			"L'incident est clos. Toutes nos excuses.",
		},
		"host": {
			"La base db-1.eu-west est lente.", "Le serveur pay.internal est lent.", "Une erreur est survenue sur web03.", "Nous avons redémarré 10.1.2.3.",
			"L'hôte prod-db-02 ne répond plus.",
		},
	},
	"Dutch": {
		"weekday": {
			"Sinds woensdag 5 maart mislukken betalingen.", "Sinds 05/03/2026 (vr) mislukken betalingen.", "Sinds maandag mislukken betalingen.",
			"Sinds di 5 maart 2026 werkt er niets.", "Op zaterdag 5-3-2026 begon een storing.", "Vrijdag 5/3 begon een storing.",
		},
		"date": {
			"Sinds 5 februari 2026 mislukken betalingen.", "Er was een storing op 1 december.", "Er was een storing op 31 april.",
			"Sinds 03/05/2026 mislukken betalingen.", "Sinds 6/3 mislukken betalingen.", "Sinds 4 mrt. mislukken betalingen.",
		},
		"year": {
			"Sinds 5 maart 2025 mislukken betalingen.", "De storing begon op 05-03-2025.", "Op vrijdag 5 maart 2027 begon een storing.",
			"Sinds 5/3/2025 is het traag.",
		},
		"next": {
			"Betalingen mislukken. We werken eraan.", "De volgende update volgt zo snel mogelijk.", "Volgende update om 14:10 uur CET.",
			"Dank voor uw geduld, meer op onze pagina.", "Volgende update om 13.30 uur (Nederlandse tijd).",
		},
		"promise": {
			"De dienst is om 16:00 uur CET hersteld.", "Opgelost binnen een uur.", "We verwachten de dienst binnen 30 minuten te herstellen.",
			"Tegen 16:00 uur CET is alles hersteld.", "Het herstel wordt verwacht om 16:00 uur CET.", "Verwachte hersteltijd: 16:00 uur CET.",
			"Betalingen zullen spoedig weer werken.", "De storing zal om 15.30 uur CET verholpen zijn.", "Om 16u CET is alles weer online.",
			"Het probleem wordt vandaag nog opgelost.", "De dienst is hersteld om 16:00 CET.",
		},
		"data": {
			"Alles werkt weer.", "De storing is voorbij, dank voor uw geduld.", "Betalingen werken weer sinds 14:10 uur CET.", "Opgelost. Onze excuses.",
		},
		"host": {
			"De database db-1.eu-west is traag.", "De server pay.internal is traag.", "Er is een fout op web03.", "We hebben 10.1.2.3 herstart.",
		},
	},
}

// nextIn is a good sentence about the next update.
var nextIn = map[string]string{
	"English": " Next update at 14:40 CET.", "French": " Prochaine mise à jour à 14h40 CET.", "Dutch": " Volgende update om 14:40 uur CET.",
}
