using System.Globalization;
using System.Text;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents a set of code points in a regular expression.</summary>
internal sealed class CharacterSet
{
    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<CharacterSet> _members = [];
    private CharacterSet? _intersection;
    private uint _categories;
    private bool _isNegated;
    private bool _ignoresCase;
    private ulong _low;
    private ulong _high;

    /// <summary>Gets the set of all code points.</summary>
    public static CharacterSet Any { get; } = Of(0, 0x10FFFF);

    /// <summary>Gets the set of all code points except the line feed.</summary>
    public static CharacterSet NotLineFeed { get; } = Not(Of('\n', '\n'));

    /// <summary>Gets the set of white space: <c>\s</c>.</summary>
    public static CharacterSet Space { get; } = Of(
        ('\t', '\r'), (' ', ' '), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000));

    /// <summary>Gets the set of decimal digits: <c>\d</c>.</summary>
    public static CharacterSet Digit { get; } = Category("Nd")!;

    /// <summary>Gets the set of hexadecimal digits: <c>\h</c>.</summary>
    public static CharacterSet HexDigit { get; } = Of(('0', '9'), ('A', 'F'), ('a', 'f'));

    /// <summary>Gets the set of alphabetic characters, marks, decimal digits and connector punctuation: <c>\w</c>.</summary>
    public static CharacterSet Word { get; } = Union(
        Category("L")!, Category("M")!, Category("Nd")!, Category("Nl")!, Category("Pc")!,
        Of((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)));

    /// <summary>Gets the set of the script Han.</summary>
    public static CharacterSet Han { get; } = Of(
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF),
        (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x2F800, 0x2FA1D),
        (0x30000, 0x3134A), (0x31350, 0x323AF));

    /// <summary>Gets the first 64 code points of the set, one bit each.</summary>
    public ulong Low => _low;

    /// <summary>Gets the next 64 code points of the set, one bit each.</summary>
    public ulong High => _high;

    /// <summary>Returns a range of code points.</summary>
    public static CharacterSet Of(int first, int last, bool ignoresCase = false)
    {
        var set = new CharacterSet { _ignoresCase = ignoresCase };
        set._ranges.Add((first, last));
        return set.Complete();
    }

    /// <summary>Returns a general category by its short name (<c>L</c>, <c>Lu</c>), or <see langword="null"/> if there is none.</summary>
    public static CharacterSet? Category(string name)
    {
        const string Names = "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn"; // in the order of UnicodeCategory
        var set = new CharacterSet();
        for (var i = 0; i < Names.Length; i += 2)
        {
            if (name.Length is 1 or 2 && Names.AsSpan(i, name.Length).SequenceEqual(name))
            {
                set._categories |= 1u << (i / 2);
            }
        }

        return set._categories == 0 ? null : set.Complete();
    }

    /// <summary>Returns the union of sets.</summary>
    public static CharacterSet Union(params IEnumerable<CharacterSet> sets)
    {
        var union = new CharacterSet();
        union._members.AddRange(sets);
        return union.Complete();
    }

    /// <summary>Returns the intersection of two sets.</summary>
    public static CharacterSet Intersection(CharacterSet one, CharacterSet other)
    {
        var both = new CharacterSet { _intersection = other };
        both._members.Add(one);
        return both.Complete();
    }

    /// <summary>Returns the complement of a set.</summary>
    public static CharacterSet Not(CharacterSet set)
    {
        var not = new CharacterSet { _isNegated = true };
        not._members.Add(set);
        return not.Complete();
    }

    /// <summary>Returns whether a code point is in the set.</summary>
    public bool Contains(int character) => character < 64 ? (_low >> character & 1) != 0
        : character < 128 ? (_high >> (character - 64) & 1) != 0
        : Find(character);

    private static CharacterSet Of(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        var set = new CharacterSet();
        set._ranges.AddRange(ranges);
        return set.Complete();
    }

    private CharacterSet Complete()
    {
        for (var i = 0; i < 64; i++)
        {
            _low |= Find(i) ? 1UL << i : 0;
            _high |= Find(i + 64) ? 1UL << i : 0;
        }

        return this;
    }

    private bool Find(int character) => _isNegated != (IsMember(character) && (_intersection?.Contains(character) ?? true));

    private bool IsMember(int character)
    {
        if (_categories != 0 && (_categories >> (int)CharUnicodeInfo.GetUnicodeCategory(character) & 1) != 0)
        {
            return true;
        }

        if (InRanges(character) || (_ignoresCase && Rune.IsValid(character) && InRangesOtherwiseCased(new Rune(character))))
        {
            return true;
        }

        foreach (var member in _members)
        {
            if (member.Contains(character))
            {
                return true;
            }
        }

        return false;
    }

    private bool InRanges(int character)
    {
        foreach (var (first, last) in _ranges)
        {
            if (character >= first && character <= last)
            {
                return true;
            }
        }

        return false;
    }

    private bool InRangesOtherwiseCased(Rune rune)
    {
        var (lower, upper) = (Rune.ToLowerInvariant(rune), Rune.ToUpperInvariant(rune));
        return InRanges(lower.Value) || InRanges(upper.Value)
            || InRanges(Rune.ToLowerInvariant(upper).Value) || InRanges(Rune.ToUpperInvariant(lower).Value);
    }
}
