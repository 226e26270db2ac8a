using System.Buffers;
using System.Globalization;

namespace Semblance.Tokenizers.Patterns;

/// <content>Sets of characters: in brackets, after a backslash, and single characters by their code points.</content>
internal sealed partial class RegexParser
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    /// <summary>Reads the set after a backslash; returns <see langword="null"/> if a single character follows.</summary>
    private CharacterSet? ReadSetEscape()
    {
        var letter = _source[_position];
        var set = char.ToLowerInvariant(letter) switch
        {
            's' => CharacterSet.Space,
            'd' => CharacterSet.Digit,
            'w' => CharacterSet.Word,
            'h' => CharacterSet.HexDigit,
            'p' when _position + 1 < _source.Length && _source[_position + 1] == '{' => ReadProperty(),
            _ => null,
        };
        if (set is null)
        {
            return null;
        }

        _position += letter is 'p' or 'P' ? 0 : 1;
        return char.IsAsciiLetterUpper(letter) ? CharacterSet.Not(set) : set;
    }

    private CharacterSet ReadProperty()
    {
        var close = _source.IndexOf('}', _position);
        var name = close < 0 ? throw new FormatException("a '\\p{' is not closed") : _source[(_position + 2)..close];
        _position = close + 1;
        var isNegated = name.StartsWith('^');
        var property = isNegated ? name[1..] : name;
        var set = property is "Han" or "Script=Han" or "sc=Han" ? CharacterSet.Han : CharacterSet.Category(property)
            ?? throw new FormatException(
                $"the property '{name}' is not supported; supported are the short names of general categories, and Han");
        return isNegated ? CharacterSet.Not(set) : set;
    }

    /// <summary>Reads the character after a backslash.</summary>
    private int ReadCharacterEscape()
    {
        var letter = _source[_position];
        switch (letter)
        {
            case 'x' when TakeIf("x{"):
                var close = _source.IndexOf('}', _position);
                var digits = close < 0 ? "" : _source[_position..close];
                _position = close + 1;
                return HexNumber(digits, 8);
            case 'x' or 'u':
                var digitCount = _source.AsSpan(_position + 1).IndexOfAnyExcept(HexDigits);
                var length = letter == 'u' ? 4 : Math.Min(2, digitCount < 0 ? 2 : digitCount);
                var number = _source.Substring(_position + 1, Math.Min(length, _source.Length - _position - 1));
                _position += 1 + number.Length;
                return HexNumber(number, length);
            case '0':
                var octal = 0;
                for (var i = 0; i < 3 && !IsAtEnd && _source[_position] is >= '0' and <= '7'; i++)
                {
                    octal = (octal * 8) + _source[_position++] - '0';
                }

                return octal;
            case 'n' or 't' or 'r' or 'f' or 'v' or 'a' or 'e':
                _position++;
                return letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'f' => '\f', 'v' => '\v', 'a' => '\a', _ => 0x1B };
            case var other when char.IsAsciiLetterOrDigit(other):
                throw new FormatException($"'\\{other}' is not supported");
            default:
                return ReadRune();
        }
    }

    private static int HexNumber(string digits, int most) =>
        digits.Length > 0 && digits.Length <= most
        && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 0x10FFFF
            ? number
            : throw new FormatException($"'{digits}' is not the code point of a character");

    /// <summary>Reads a set after its '['.</summary>
    private CharacterSet ReadClass(int level)
    {
        if (level > RegexNode.DeepestLevel)
        {
            throw TooDeep();
        }

        var isNegated = TakeIf("^");
        CharacterSet? intersection = null;
        var members = new List<CharacterSet>();
        for (var isFirst = true; ; isFirst = false)
        {
            if (IsAtEnd)
            {
                throw new FormatException("a set is not closed");
            }

            if (!isFirst && TakeIf("]"))
            {
                var set = Intersect(intersection, members);
                return isNegated ? CharacterSet.Not(set) : set;
            }

            if (TakeIf("&&"))
            {
                intersection = Intersect(intersection, members);
                members = [];
            }
            else if (_source.AsSpan(_position).StartsWith("[:"))
            {
                throw new FormatException("POSIX classes such as [:alpha:] are not supported");
            }
            else
            {
                members.Add(TakeIf("[") ? ReadClass(level + 1) : ReadRange());
            }
        }
    }

    private static CharacterSet Intersect(CharacterSet? one, List<CharacterSet> other)
    {
        var union = CharacterSet.Union(other);
        return one is null ? union : CharacterSet.Intersection(one, union);
    }

    /// <summary>Reads a character, a range, or a set after a backslash.</summary>
    private CharacterSet ReadRange()
    {
        if (ReadClassCharacter(out var first) is { } set)
        {
            return set;
        }

        var isRange = _position + 1 < _source.Length && _source[_position] == '-' && _source[_position + 1] is not (']' or '[');
        var dash = _position;
        if (!isRange)
        {
            return CharacterSet.Of(first, first, _ignoresCase);
        }

        _position++;
        if (ReadClassCharacter(out var last) is not null)
        {
            _position = dash; // before a set, '-' is a literal
            return CharacterSet.Of(first, first, _ignoresCase);
        }

        return first <= last ? CharacterSet.Of(first, last, _ignoresCase) : throw new FormatException("a range in a set ends before it begins");
    }

    private CharacterSet? ReadClassCharacter(out int character)
    {
        character = 0;
        if (!TakeIf("\\"))
        {
            character = ReadRune();
            return null;
        }

        if (IsAtEnd)
        {
            throw new FormatException("nothing follows a '\\'");
        }

        if (ReadSetEscape() is { } set)
        {
            return set;
        }

        character = TakeIf("b") ? '\b' : ReadCharacterEscape();
        return null;
    }
}
