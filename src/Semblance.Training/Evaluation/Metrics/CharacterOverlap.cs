using System.Text;

namespace Semblance.Training;

/// <summary>How many characters two texts share: what a model of meaning must beat, in Chinese above all.</summary>
public static class CharacterOverlap
{
    /// <summary>Jaccard's index of the sets of characters: shared ones / all (Jaccard 1901). White space does not count; case does.</summary>
    /// <param name="a">One text.</param>
    /// <param name="b">The other.</param>
    /// <returns>From 0 to 1; 0 where neither has a character.</returns>
    public static double Jaccard(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var (first, second) = (Characters(a), Characters(b));
        var shared = first.Count(second.Contains);
        var all = first.Count + second.Count - shared;
        return all == 0 ? 0 : (double)shared / all;
    }

    private static HashSet<Rune> Characters(string text)
    {
        var characters = new HashSet<Rune>();
        foreach (var character in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(character))
            {
                characters.Add(character);
            }
        }

        return characters;
    }
}
