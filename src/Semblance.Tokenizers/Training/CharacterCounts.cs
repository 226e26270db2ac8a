using System.Runtime.InteropServices;
using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Training;

/// <summary>How often each character was seen as the first of a word, and later in one.</summary>
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
    /// The tokens of one character, in the order of Unicode: all characters as they begin a word, then those that were
    /// seen later in one, with the prefix. Where there is no room for all, the rarest are left out.
    /// </summary>
    /// <param name="limit">The most characters that are not Chinese.</param>
    /// <param name="minFrequency">The least count of Chinese characters, which the limit does not touch.</param>
    /// <param name="room">The most tokens.</param>
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
