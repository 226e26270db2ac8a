using System.Globalization;
using System.Text;

namespace Semblance.Tokenizers.Patterns;

/// <summary>
/// Parses regular expressions as the reference does, in the Ruby syntax of Oniguruma. Backreferences, recursion and conditions are not
/// supported, because no bounded number of steps can match them.
/// </summary>
internal sealed partial class RegexParser
{
    private const int MostRepetitions = 100_000; // as in Oniguruma

    // Beyond this length, even a pattern of few instructions costs more to parse than any in use.
    private const int MostCharacters = 65_536;

    private readonly string _source;
    private int _position;
    private int _level;
    private bool _ignoresCase;
    private bool _dotMatchesAll;
    private bool _isExtended;

    private RegexParser(string source) => _source = source;

    private bool IsAtEnd => _position >= _source.Length;

    /// <summary>Parses an expression.</summary>
    /// <exception cref="FormatException">It is not valid or not supported.</exception>
    public static RegexNode Parse(string source)
    {
        if (source.Length > MostCharacters)
        {
            throw new FormatException($"it has {source.Length} characters, expected at most {MostCharacters}");
        }

        var parser = new RegexParser(source);
        var node = parser.ReadChoice();
        return parser.IsAtEnd ? node : throw new FormatException("a ')' has no '(' before it");
    }

    private RegexNode ReadChoice()
    {
        if (++_level > RegexNode.DeepestLevel)
        {
            throw TooDeep();
        }

        var parts = new List<RegexNode> { ReadSequence() };
        while (TakeIf("|"))
        {
            parts.Add(ReadSequence());
        }

        _level--;
        return parts is [var only] ? only : Deeper(new RegexNode.Choice(parts), parts);
    }

    private RegexNode ReadSequence()
    {
        var parts = new List<RegexNode>();
        while (!IsAtEnd && _source[_position] is not ('|' or ')'))
        {
            if (_isExtended && SkipComment())
            {
                continue;
            }

            if (ReadAtom() is { } atom)
            {
                parts.Add(ReadQuantifiers(atom));
            }
        }

        return parts is [var only] ? only : Deeper(new RegexNode.Sequence(parts), parts);
    }

    private bool SkipComment()
    {
        if (_source[_position] == '#')
        {
            var end = _source.IndexOf('\n', _position);
            _position = end < 0 ? _source.Length : end + 1;
            return true;
        }

        var isSpace = _source[_position] is ' ' or (>= '\t' and <= '\r');
        _position += isSpace ? 1 : 0;
        return isSpace;
    }

    /// <summary>Reads an atom; returns <see langword="null"/> for a comment.</summary>
    private RegexNode? ReadAtom()
    {
        switch (_source[_position])
        {
            case '(':
                _position++;
                return ReadGroup();
            case '[':
                _position++;
                return new RegexNode.Set(ReadClass(1));
            case '\\':
                _position++;
                return ReadEscape();
            case '.':
                _position++;
                return new RegexNode.Set(_dotMatchesAll ? CharacterSet.Any : CharacterSet.NotLineFeed);
            case '^':
                _position++;
                return new RegexNode.Anchor(RegexOperation.LineStart);
            case '$':
                _position++;
                return new RegexNode.Anchor(RegexOperation.LineEnd);
            case '*' or '+' or '?':
                throw new FormatException($"a '{_source[_position]}' has nothing before it to repeat");
            default:
                return Literal(ReadRune());
        }
    }

    private RegexNode.Set Literal(int character) => new(CharacterSet.Of(character, character, _ignoresCase));

    private int ReadRune()
    {
        Rune.DecodeFromUtf16(_source.AsSpan(_position), out var rune, out var units);
        _position += units;
        return rune.Value;
    }

    private RegexNode? ReadGroup()
    {
        var outer = (_ignoresCase, _dotMatchesAll, _isExtended);
        RegexNode? node;
        if (TakeIf("?#"))
        {
            var end = _source.IndexOf(')', _position);
            _position = end < 0 ? throw new FormatException("a comment is not closed") : end + 1;
            return null;
        }

        if (TakeIf("?:"))
        {
            node = ReadChoice();
        }
        else if (TakeIf("?="))
        {
            node = Look(ReadChoice(), isBehind: false, isNegated: false);
        }
        else if (TakeIf("?!"))
        {
            node = Look(ReadChoice(), isBehind: false, isNegated: true);
        }
        else if (TakeIf("?<="))
        {
            node = Look(ReadChoice(), isBehind: true, isNegated: false);
        }
        else if (TakeIf("?<!"))
        {
            node = Look(ReadChoice(), isBehind: true, isNegated: true);
        }
        else if (TakeIf("?>"))
        {
            node = Atomic(ReadChoice());
        }
        else if (TakeIf("?<") || TakeIf("?'"))
        {
            var end = _source.IndexOf(_source[_position - 1] == '<' ? '>' : '\'', _position);
            _position = end > _position ? end + 1 : throw new FormatException("a group's name is not closed");
            node = ReadChoice();
        }
        else if (TakeIf("?"))
        {
            ReadOptions();
            node = TakeIf(":") ? ReadChoice()
                : TakeIf(")") ? null
                : throw new FormatException($"the group '(?{_source[_position..Math.Min(_position + 1, _source.Length)]}' is not supported");
            if (node is null)
            {
                // Options without a colon apply to the end of the enclosing group, also after the next '|'.
                node = ReadChoice();
                (_ignoresCase, _dotMatchesAll, _isExtended) = outer;
                return node;
            }
        }
        else
        {
            node = ReadChoice();
        }

        (_ignoresCase, _dotMatchesAll, _isExtended) = outer;
        return TakeIf(")") ? node : throw new FormatException("a '(' is not closed");
    }

    private void ReadOptions()
    {
        for (var isOn = true; !IsAtEnd && _source[_position] is '-' or 'i' or 'm' or 'x'; _position++)
        {
            switch (_source[_position])
            {
                case '-':
                    isOn = false;
                    break;
                case 'i':
                    _ignoresCase = isOn;
                    break;
                case 'm':
                    _dotMatchesAll = isOn;
                    break;
                default:
                    _isExtended = isOn;
                    break;
            }
        }
    }

    /// <summary>Creates a lookaround. A lookbehind has a fixed length; each part of a choice can have its own.</summary>
    private static RegexNode Look(RegexNode part, bool isBehind, bool isNegated)
    {
        if (isBehind && part is RegexNode.Choice choice)
        {
            RegexNode[] looks = [.. choice.Parts.Select(one => Look(one, isBehind, isNegated))];
            return isNegated ? Deeper(new RegexNode.Sequence(looks), looks) : Deeper(new RegexNode.Choice(looks), looks);
        }

        return !isBehind || part.Least == part.Most
            ? Deeper(new RegexNode.Look(part, isBehind, isNegated), [part])
            : throw new FormatException("a lookbehind does not have a fixed length");
    }

    private static RegexNode.Atomic Atomic(RegexNode part)
    {
        const int Longest = 64; // it is tried at every position
        return part.Most <= Longest || part is RegexNode.Repeat { Part: RegexNode.Set, IsLazy: false, Maximum: int.MaxValue, Minimum: <= Longest }
            ? Deeper(new RegexNode.Atomic(part), [part])
            : throw new FormatException(
                "a possessive quantifier or atomic group of any length is supported for a single set of characters only");
    }

    private RegexNode ReadQuantifiers(RegexNode node)
    {
        while (true)
        {
            while (_isExtended && !IsAtEnd && SkipComment())
            {
            }

            int minimum, maximum;
            if (TakeIf("*"))
            {
                (minimum, maximum) = (0, int.MaxValue);
            }
            else if (TakeIf("+"))
            {
                (minimum, maximum) = (1, int.MaxValue);
            }
            else if (TakeIf("?"))
            {
                (minimum, maximum) = (0, 1);
            }
            else if (ReadCounts() is { } counts)
            {
                // As in Ruby: after a single count '?' makes it optional, and after any count '+' is another quantifier.
                node = Repeat(node, counts.Minimum, counts.Maximum, isLazy: counts.Minimum != counts.Maximum && TakeIf("?"));
                continue;
            }
            else
            {
                return node;
            }

            node = TakeIf("+") ? Atomic(Repeat(node, minimum, maximum, isLazy: false)) : Repeat(node, minimum, maximum, TakeIf("?"));
        }
    }

    private static RegexNode.Repeat Repeat(RegexNode node, int minimum, int maximum, bool isLazy) =>
        Deeper(new RegexNode.Repeat(node, minimum, maximum, isLazy), [node]);

    /// <summary>
    /// Reads the counts in <c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c>; returns <see langword="null"/> if the brace is a literal.
    /// </summary>
    private (int Minimum, int Maximum)? ReadCounts()
    {
        var close = IsAtEnd || _source[_position] != '{' ? -1 : _source.IndexOf('}', _position);
        if (close < 0)
        {
            return null;
        }

        var parts = _source[(_position + 1)..close].Split(',');
        if (parts.Length > 2 || parts.All(part => part.Length == 0) || !parts.All(part => part.All(char.IsAsciiDigit)))
        {
            return null;
        }

        _position = close + 1;
        var minimum = parts[0].Length == 0 ? 0 : Count(parts[0]);
        var maximum = parts.Length == 1 ? minimum : parts[1].Length == 0 ? int.MaxValue : Count(parts[1]);
        return minimum <= maximum ? (minimum, maximum) : throw new FormatException($"a part cannot be repeated from {minimum} to {maximum} times");
    }

    private static int Count(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostRepetitions
        ? count
        : throw new FormatException($"a part cannot be repeated more than {MostRepetitions} times");

    private RegexNode ReadEscape()
    {
        if (IsAtEnd)
        {
            throw new FormatException("nothing follows a '\\'");
        }

        RegexOperation? place = _source[_position] switch
        {
            'b' => RegexOperation.WordBoundary,
            'B' => RegexOperation.NotWordBoundary,
            'A' => RegexOperation.TextStart,
            'Z' => RegexOperation.LastLineEnd,
            'z' => RegexOperation.TextEnd,
            _ => null,
        };
        if (place is { } known)
        {
            _position++;
            return new RegexNode.Anchor(known);
        }

        if (TakeIf("R"))
        {
            RegexNode[] pair = [Literal('\r'), Literal('\n')];
            var other = CharacterSet.Union(CharacterSet.Of('\n', '\r'), CharacterSet.Of(0x85, 0x85), CharacterSet.Of(0x2028, 0x2029));
            RegexNode[] breaks = [Deeper(new RegexNode.Sequence(pair), pair), new RegexNode.Set(other)];
            return Atomic(Deeper(new RegexNode.Choice(breaks), breaks));
        }

        return new RegexNode.Set(ReadSetEscape() ?? Literal(ReadCharacterEscape()).Characters);
    }

    private bool TakeIf(string text)
    {
        var isThere = _source.AsSpan(_position).StartsWith(text, StringComparison.Ordinal);
        _position += isThere ? text.Length : 0;
        return isThere;
    }

    private static T Deeper<T>(T node, IReadOnlyList<RegexNode> parts)
        where T : RegexNode
    {
        var depth = 1 + parts.Select(part => part.Depth).DefaultIfEmpty().Max();
        return depth <= RegexNode.DeepestLevel ? (T)(node with { Depth = depth }) : throw TooDeep();
    }

    private static FormatException TooDeep() => new($"it is nested more than {RegexNode.DeepestLevel} levels deep");
}
