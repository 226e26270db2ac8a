using System.Runtime.InteropServices;
using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Training;

/// <summary>Counts how often each character occurs as the first of a word and later in a word.</summary>
internal sealed class CharacterCounts
{
    private readonly Dictionary<Rune, (long First, long Later)> _counts;

    public CharacterCounts() => _counts = [];

    public CharacterCounts(CharacterCounts other) => _counts = new(other._counts);

    /// <summary>Counts the characters of a word.</summary>
    public void Add(string word, long count)
    {
        var isFirst = true;
        foreach (var character in word.EnumerateRunes())
        {
            ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, character, out _);
            (isFirst ? ref counts.First : ref counts.Later) += count;
            isFirst = false;
        }
    }

    /// <summary>
    /// Returns the tokens of one character, in the order of Unicode: all characters as the first of a word, then those that occurred later
    /// in a word, with the prefix. If there is not enough room, the rarest are left out.
    /// </summary>
    /// <param name="limit">The maximum number of characters that are not Chinese.</param>
    /// <param name="minFrequency">The minimum count of a Chinese character.</param>
    /// <param name="room">The maximum number of tokens.</param>
    public IEnumerable<string> Alphabet(int limit, int minFrequency, int room)
    {
        var (first, later) = (new List<Rune>(), new List<Rune>());
        foreach (var (character, counts) in _counts.OrderByDescending(entry => entry.Value.First + entry.Value.Later).ThenBy(entry => entry.Key))
        {
            if (CharacterData.IsChinese(character.Value) ? counts.First + counts.Later < minFrequency : limit-- <= 0)
            {
                continue;
            }

            room -= counts.Later > 0 ? 2 : 1;
            if (room < 0)
            {
                break;
            }

            first.Add(character);
            if (counts.Later > 0)
            {
                later.Add(character);
            }
        }

        return [.. first.Order().Select(character => character.ToString()), .. later.Order().Select(character => PairMerger.Prefix + character)];
    }
}
