namespace Semblance.Tokenizers.Patterns;

/// <summary>
/// Finds the matches of a regular expression by backtracking, in a number of steps proportional to the expression times the text. Each
/// thread reuses one matcher.
/// </summary>
/// <remarks>
/// After more backtracking steps than the text has characters, it remembers every position at which an instruction with two branches has
/// been (as the bit-state matcher of RE2 does). A branch that failed once fails again, in later matches too, because no instruction depends
/// on the text matched before. A position on the path to a match is forgotten, or remembered as successful if only that is needed.
/// </remarks>
internal sealed class RegexMatcher
{
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static RegexMatcher? _ofThread;

    private readonly List<long> _path = [];
    private Frame[] _stack = new Frame[64];
    private int _depth;
    private RegexProgram.Instruction[] _program = [];
    private (int Start, int End)[] _runs = [];
    private ulong[]? _visited;
    private ulong[]? _succeeded;
    private long _stepsLeft;

    private readonly record struct Frame(int Instruction, int Position, int Least, int Path);

    /// <summary>
    /// Replaces the content of <paramref name="matches"/> with the matches in a text, leftmost first; no empty match directly follows
    /// another match.
    /// </summary>
    public static void FindAll(RegexProgram program, ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        var matcher = _ofThread is { _stack.Length: <= LargestKept, _path.Capacity: <= LargestKept } kept ? kept : _ofThread = new RegexMatcher();
        matcher.Begin(program, text.Length);
        matches.Clear();
        var last = -1;
        for (var position = 0; position <= text.Length;)
        {
            var canBegin = position == text.Length || program.Instructions[program.Start].CanBegin(text[position]);
            var end = canBegin ? matcher.Run(program, program.Start, text, position, testsOnly: false) : -1;
            if (end < 0 || (end == position && end == last))
            {
                position += position < text.Length ? Units(text, position) : 1;
                continue;
            }

            matches.Add((position, end));
            (position, last) = (end, end);
        }

        (matcher._visited, matcher._succeeded) = (null, null);
    }

    private void Begin(RegexProgram program, int length)
    {
        (_program, _stepsLeft, _depth) = (program.Instructions, (8L * length) + 1000, 0);
        _path.Clear();
        if (_runs.Length < program.Runs)
        {
            _runs = new (int, int)[program.Runs];
        }

        _runs.AsSpan(0, program.Runs).Fill((0, -1));
    }

    /// <summary>Runs the program from an instruction on; returns the end of the match, or -1.</summary>
    /// <param name="program">The program.</param>
    /// <param name="start">The first instruction.</param>
    /// <param name="text">The text.</param>
    /// <param name="position">The start of the match.</param>
    /// <param name="testsOnly"><see langword="true"/> if the end of the match is not needed.</param>
    private int Run(RegexProgram program, int start, ReadOnlySpan<char> text, int position, bool testsOnly)
    {
        var (bottom, path, at, units) = (_depth, _path.Count, start, 0);
        while (true)
        {
            ref readonly var instruction = ref _program[at];
            var next = instruction.Next;
            switch (instruction.Operation)
            {
                case RegexOperation.Accept:
                    Succeed(bottom, path, testsOnly);
                    return position;
                case RegexOperation.Set when position < text.Length && instruction.Characters!.Contains(CharacterAt(text, position, out units)):
                    position += units;
                    break;
                case RegexOperation.Split or RegexOperation.Loop
                    when _visited is not null && IsKnown(instruction.Memory, position, text.Length, out var succeeds):
                    if (succeeds)
                    {
                        Succeed(bottom, path, testsOnly);
                        return position;
                    }

                    next = -1;
                    break;
                case RegexOperation.Split:
                    Count(program, text.Length, 1);
                    if (position < text.Length)
                    {
                        if (!_program[next].CanBegin(text[position]))
                        {
                            next = instruction.Other;
                            break;
                        }

                        if (!_program[instruction.Other].CanBegin(text[position]))
                        {
                            break;
                        }
                    }

                    Push(instruction.Other, position, -1);
                    break;
                case RegexOperation.Loop when _visited is not null:
                    if (position < text.Length && instruction.Characters!.Contains(CharacterAt(text, position, out units)))
                    {
                        Push(next, position, -1);
                        (position, next) = (position + units, at);
                    }

                    break;
                case RegexOperation.Loop:
                    var end = EndOfRun(text, position, int.MaxValue, instruction.Characters!);
                    Count(program, text.Length, 1 + end - position);
                    if (end > position)
                    {
                        Push(next, end, position);
                        position = end;
                    }

                    break;
                case RegexOperation.Run:
                    end = EndOfRun(text, position, instruction);
                    next = end < 0 ? -1 : end > position ? next : instruction.Other;
                    position = Math.Max(position, end);
                    break;
                case RegexOperation.Atomic:
                    end = Run(program, instruction.Inner, text, position, testsOnly: false);
                    next = end < 0 ? -1 : end > position ? next : instruction.Other;
                    position = Math.Max(position, end);
                    break;
                case RegexOperation.Ahead or RegexOperation.NotAhead:
                    var isAhead = Run(program, instruction.Inner, text, position, testsOnly: true) >= 0;
                    next = isAhead == (instruction.Operation == RegexOperation.Ahead) ? next : -1;
                    break;
                case RegexOperation.Behind or RegexOperation.NotBehind:
                    var from = Back(text, position, instruction.Minimum);
                    var isBehind = from >= 0 && Run(program, instruction.Inner, text, from, testsOnly: true) >= 0;
                    next = isBehind == (instruction.Operation == RegexOperation.Behind) ? next : -1;
                    break;
                default:
                    next = IsAnchor(instruction.Operation, text, position) ? next : -1;
                    break;
            }

            if (next >= 0)
            {
                at = next;
                continue;
            }

            if (_depth == bottom)
            {
                _path.RemoveRange(path, _path.Count - path);
                return -1;
            }

            (at, position) = Pop(text);
        }
    }

    /// <summary>Counts steps; after too many, starts to remember.</summary>
    private void Count(RegexProgram program, int length, int steps)
    {
        if ((_stepsLeft -= steps) < 0 && _visited is null)
        {
            var bits = (long)program.Choices * (length + 1);
            (_visited, _succeeded) = (new ulong[(bits / 64) + 1], new ulong[(bits / 64) + 1]);
        }
    }

    private void Push(int instruction, int position, int least)
    {
        if (_depth == _stack.Length)
        {
            Array.Resize(ref _stack, _depth * 2);
        }

        _stack[_depth++] = new Frame(instruction, position, least, _path.Count);
    }

    /// <summary>Goes back to the last branch that has not been tried: for a loop, one character fewer.</summary>
    private (int Instruction, int Position) Pop(ReadOnlySpan<char> text)
    {
        _stepsLeft--;
        var frame = _stack[--_depth];
        _path.RemoveRange(frame.Path, _path.Count - frame.Path); // the branches tried from there on have failed
        if (frame.Least < 0)
        {
            return (frame.Instruction, frame.Position);
        }

        var position = Back(text, frame.Position, 1);
        if (position > frame.Least)
        {
            _stack[_depth++] = frame with { Position = position };
        }

        return (frame.Instruction, position);
    }

    private bool IsKnown(int memory, int position, int length, out bool succeeds)
    {
        var bit = ((long)memory * (length + 1)) + position;
        ref var visited = ref _visited![bit >> 6];
        succeeds = (_succeeded![bit >> 6] >> (int)bit & 1) != 0;
        if (succeeds || (visited >> (int)bit & 1) != 0)
        {
            return true;
        }

        visited |= 1UL << (int)bit;
        _path.Add(bit);
        return false;
    }

    private void Succeed(int bottom, int path, bool testsOnly)
    {
        _depth = bottom;
        for (var i = path; i < _path.Count; i++)
        {
            var bit = _path[i];
            _visited![bit >> 6] &= ~(1UL << (int)bit);
            if (testsOnly)
            {
                _succeeded![bit >> 6] |= 1UL << (int)bit;
            }
        }

        _path.RemoveRange(path, _path.Count - path);
    }

    /// <summary>
    /// Returns the end of as many characters as possible, or -1 if there are too few. A run without a limit is searched once.
    /// </summary>
    private int EndOfRun(ReadOnlySpan<char> text, int position, in RegexProgram.Instruction instruction)
    {
        if (instruction.Maximum < int.MaxValue)
        {
            var (end, count) = (position, 0);
            while (count < instruction.Maximum && end < text.Length && instruction.Characters!.Contains(CharacterAt(text, end, out var units)))
            {
                (end, count) = (end + units, count + 1);
            }

            return count < instruction.Minimum ? -1 : end;
        }

        ref var run = ref _runs[instruction.Memory];
        if (position < run.Start || position > run.End)
        {
            run = (position, EndOfRun(text, position, int.MaxValue, instruction.Characters!));
        }

        var left = instruction.Minimum;
        for (var i = position; left > 0 && i < run.End; i += Units(text, i))
        {
            left--;
        }

        return left > 0 ? -1 : Math.Max(run.End, position);
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int position, int most, CharacterSet set)
    {
        while (position < text.Length && most-- > 0 && set.Contains(CharacterAt(text, position, out var units)))
        {
            position += units;
        }

        return position;
    }

    /// <summary>Returns the position some characters before another, or -1.</summary>
    private static int Back(ReadOnlySpan<char> text, int position, int characters)
    {
        for (; characters > 0; characters--)
        {
            if (position == 0)
            {
                return -1;
            }

            position -= position > 1 && char.IsSurrogatePair(text[position - 2], text[position - 1]) ? 2 : 1;
        }

        return position;
    }

    private static int Units(ReadOnlySpan<char> text, int position) =>
        position + 1 < text.Length && char.IsSurrogatePair(text[position], text[position + 1]) ? 2 : 1;

    private static int CharacterAt(ReadOnlySpan<char> text, int position, out int units)
    {
        var first = text[position];
        if (char.IsHighSurrogate(first) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]))
        {
            units = 2;
            return char.ConvertToUtf32(first, text[position + 1]);
        }

        units = 1;
        return first;
    }

    private static bool IsAnchor(RegexOperation anchor, ReadOnlySpan<char> text, int position) => anchor switch
    {
        RegexOperation.LineStart => position == 0 || (text[position - 1] == '\n' && position < text.Length),
        RegexOperation.LineEnd => position == text.Length || text[position] == '\n',
        RegexOperation.TextStart => position == 0,
        RegexOperation.TextEnd => position == text.Length,
        RegexOperation.LastLineEnd => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        RegexOperation.WordBoundary => IsWordBefore(text, position) != IsWordAt(text, position),
        RegexOperation.NotWordBoundary => IsWordBefore(text, position) == IsWordAt(text, position),
        _ => false, // a set that does not match
    };

    private static bool IsWordAt(ReadOnlySpan<char> text, int position) =>
        position < text.Length && CharacterSet.Word.Contains(CharacterAt(text, position, out _));

    private static bool IsWordBefore(ReadOnlySpan<char> text, int position) => position > 0 && IsWordAt(text, Back(text, position, 1));
}
