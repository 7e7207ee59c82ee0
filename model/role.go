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

// Card is the role's card; false for a role that this workspace has not.
func (r Role) Card() (RoleCard, bool) {
	for _, c := range RoleCards() {
		if c.Role == r {
			return c, true
		}
	}
	return RoleCard{Role: r}, false
}

// Many reports a role that several people may hold.
func (r Role) Many() bool {
	c, _ := r.Card()
	return c.Many
}

// Phrase is the role's name; Duty says what its holder does.
func (r Role) Phrase() Phrase { return Say("role." + string(r)) }

// Duty is one sentence on what the holder does.
func (r Role) Duty() Phrase { return Say("role." + string(r) + ".duty") }

// ParseRole reads a role by name, letter or common abbreviation. It refuses
// with CodeRoleUnknown.
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
