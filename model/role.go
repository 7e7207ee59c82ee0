package model

// Role is a part that a person plays in an incident.
type Role string

// The roles that every workspace begins with.
const (
	IncidentManager Role = "manager"
	Deputy          Role = "deputy"
	TechLead        Role = "tech"
	Communications  Role = "comms"
	Support         Role = "support"
	Expert          Role = "expert"
	SocialMedia     Role = "social"
	ProblemManager  Role = "problem"
	Scribe          Role = "scribe"
	Legal           Role = "legal"
)

// RoleCard says what a role is: its letter in a menu, whether one person holds
// it or several.
type RoleCard struct {
	Role   Role
	Letter string
	Many   bool
	// Words are other names under which a person may type it.
	Words []string

	// Own reports a role of the workspace's own. Its name and its duty are as people
	// wrote them; those of the others stand in the catalogue.
	Own        bool
	Name, Duty string
	// Retired reports one that is not offered any more, Chosen a letter that nobody
	// gave, which may become another.
	Retired, Chosen bool
}

// Offered reports a role that may be given: one that was not retired, and of which the
// card is known here.
func (c RoleCard) Offered() bool { return !c.Own || c.Name != "" && !c.Retired }

// Does is one sentence on what the holder does; the zero Phrase where none is known.
func (c RoleCard) Does() Phrase {
	switch {
	case !c.Own:
		return c.Role.Duty()
	case c.Duty == "":
		return Phrase{}
	}
	return Say("role.own.duty", "Text", c.Duty)
}

// RoleCards lists the roles in the order of the roster.
func RoleCards() []RoleCard {
	return []RoleCard{
		{Role: IncidentManager, Letter: "i", Words: []string{"im", "ic", "commander", "incident-manager"}},
		{Role: Deputy, Letter: "d", Many: true, Words: []string{"deputy-manager", "second"}},
		{Role: TechLead, Letter: "t", Words: []string{"tl", "lead", "tech-lead"}},
		{Role: Communications, Letter: "c", Words: []string{"cm", "communications", "comm"}},
		{Role: Support, Letter: "s", Words: []string{"cs", "customer-support", "support-lead"}},
		{Role: Expert, Letter: "e", Many: true, Words: []string{"sme", "subject-expert"}},
		{Role: SocialMedia, Letter: "m", Words: []string{"sm", "social-media", "media"}},
		{Role: ProblemManager, Letter: "p", Words: []string{"pm", "problem-manager"}},
		{Role: Scribe, Letter: "w", Words: []string{"writer"}},
		{Role: Legal, Letter: "l", Many: true, Words: []string{"counsel"}},
	}
}

// Card is the role's card; false for a role that not every workspace has: RoleBook
// knows those.
func (r Role) Card() (RoleCard, bool) {
	for _, c := range RoleCards() {
		if c.Role == r {
			return c, true
		}
	}
	return RoleCard{Role: r}, false
}

// Phrase is the role's name. That of a workspace's own is not in the catalogue: whoever
// renders the phrase looks it up, as the name of a person (see RoleBook.Name).
func (r Role) Phrase() Phrase {
	if _, ok := r.Card(); !ok {
		return Say("role.own", "Role", r)
	}
	return Say("role." + string(r))
}

// Duty is one sentence on what the holder does, of a role that every workspace has.
func (r Role) Duty() Phrase { return Say("role." + string(r) + ".duty") }

// ParseRole reads a role that every workspace has by name, letter or common
// abbreviation. It refuses with CodeRoleUnknown; RoleBook.Parse knows all.
func ParseRole(typed string) (Role, error) {
	w := trimWord(typed)
	for _, c := range RoleCards() {
		if w == string(c.Role) || w == c.Letter {
			return c.Role, nil
		}
		for _, o := range c.Words {
			if w == o {
				return c.Role, nil
			}
		}
	}
	return "", Refuse(CodeRoleUnknown, "Role", typed)
}
