using System.Text;

namespace Semblance.Training;

/// <summary>Computes the overlap of the characters of two texts, a baseline for semantic similarity, above all in Chinese.</summary>
public static class CharacterOverlap
{
    /// <summary>Computes the Jaccard index of the sets of characters (Jaccard 1901). White space is ignored; case is significant.</summary>
    /// <param name="a">The first text.</param>
    /// <param name="b">The second text.</param>
    /// <returns>The index, from 0 to 1; 0 if neither text has a character.</returns>
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
