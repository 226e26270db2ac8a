namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents a regular expression as instructions for a <see cref="RegexMatcher"/>.</summary>
/// <remarks>
/// No path through a program returns to an instruction without consuming a character: every part is compiled with two continuations, one
/// for when nothing was consumed since the innermost repetition began (which then ends) and one for when something was.
/// </remarks>
internal sealed class RegexProgram
{
    // The maximum memory of matching is proportional to this times the length of the text.
    private const int MostInstructions = 1000;
    private const int MostSteps = 100_000;

    private readonly List<Instruction> _instructions = [];
    private int _steps;

    private RegexProgram(RegexNode expression)
    {
        var accept = Emit(new Instruction(RegexOperation.Accept));
        Start = Compile(expression, accept, accept);
        Instructions = [.. _instructions];
        FindFirsts();
        for (var i = 0; i < Instructions.Length; i++)
        {
            Instructions[i].Memory = Instructions[i].Operation switch
            {
                RegexOperation.Split or RegexOperation.Loop => Choices++,
                RegexOperation.Run => Runs++,
                _ => -1,
            };
        }
    }

    /// <summary>Gets the instructions.</summary>
    public Instruction[] Instructions { get; }

    /// <summary>Gets the index of the first instruction.</summary>
    public int Start { get; }

    /// <summary>Gets the number of instructions with two branches.</summary>
    public int Choices { get; }

    /// <summary>Gets the number of <see cref="RegexOperation.Run"/> instructions.</summary>
    public int Runs { get; }

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="FormatException">It is not valid, not supported or too long.</exception>
    public static RegexProgram Read(string source) => new(RegexParser.Parse(source));

    private int Emit(Instruction instruction)
    {
        if (_instructions.Count == MostInstructions)
        {
            throw TooLong();
        }

        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private static FormatException TooLong() =>
        new($"it has more than {MostInstructions} instructions with its repetitions written out");

    /// <summary>
    /// Compiles a part that continues at <paramref name="idle"/> if nothing was consumed, else at <paramref name="moved"/>; returns its
    /// first instruction.
    /// </summary>
    private int Compile(RegexNode node, int idle, int moved)
    {
        if (++_steps > MostSteps)
        {
            throw TooLong();
        }

        switch (node)
        {
            case RegexNode.Set set:
                return Emit(new Instruction(RegexOperation.Set) { Characters = set.Characters, Next = moved });
            case RegexNode.Sequence sequence:
                for (var i = sequence.Parts.Count - 1; i >= 0; i--)
                {
                    var start = Compile(sequence.Parts[i], idle, moved);
                    (idle, moved) = (start, idle == moved ? start : Compile(sequence.Parts[i], moved, moved));
                }

                return idle;
            case RegexNode.Choice choice:
                var next = Compile(choice.Parts[^1], idle, moved);
                for (var i = choice.Parts.Count - 2; i >= 0; i--)
                {
                    next = Emit(new Instruction(RegexOperation.Split) { Next = Compile(choice.Parts[i], idle, moved), Other = next });
                }

                return next;
            case RegexNode.Repeat repeat:
                return CompileRepeat(repeat, idle, moved);
            case RegexNode.Atomic { Part: RegexNode.Repeat { Part: RegexNode.Set set, IsLazy: false } run }:
                return Emit(new Instruction(RegexOperation.Run)
                {
                    Characters = set.Characters,
                    Minimum = run.Minimum,
                    Maximum = run.Maximum,
                    Next = moved,
                    Other = idle,
                });
            case RegexNode.Atomic atomic:
                return Emit(new Instruction(RegexOperation.Atomic) { Inner = CompileInner(atomic.Part), Next = moved, Other = idle });
            case RegexNode.Look look:
                var operation = (look.IsBehind, look.IsNegated) switch
                {
                    (false, false) => RegexOperation.Ahead,
                    (false, true) => RegexOperation.NotAhead,
                    (true, false) => RegexOperation.Behind,
                    _ => RegexOperation.NotBehind,
                };
                return Emit(new Instruction(operation) { Inner = CompileInner(look.Part), Minimum = look.Part.Least, Next = idle });
            case RegexNode.Anchor anchor:
                return Emit(new Instruction(anchor.Place) { Next = idle });
            default:
                throw new InvalidOperationException($"a {node.GetType().Name} cannot be compiled");
        }
    }

    private int CompileInner(RegexNode part)
    {
        var accept = Emit(new Instruction(RegexOperation.Accept));
        return Compile(part, accept, accept);
    }

    private int CompileRepeat(RegexNode.Repeat repeat, int idle, int moved)
    {
        // The optional repetitions from the last to the first; all but the first follow something that was consumed.
        int first, later;
        if (repeat.Maximum == int.MaxValue)
        {
            later = CompileLoop(repeat, moved);
            first = idle == moved ? later : Option(repeat, Compile(repeat.Part, idle, later), idle);
        }
        else
        {
            (first, later) = (idle, moved);
            for (var count = repeat.Maximum - repeat.Minimum; count > 0; count--)
            {
                first = count == 1 && idle != moved ? Option(repeat, Compile(repeat.Part, idle, later), idle) : first;
                later = Option(repeat, Compile(repeat.Part, moved, later), moved);
            }

            first = idle == moved ? later : first;
        }

        for (var count = repeat.Minimum; count > 0; count--)
        {
            var start = Compile(repeat.Part, first, later);
            (first, later) = (start, first == later ? start : Compile(repeat.Part, later, later));
        }

        return first;
    }

    /// <summary>Compiles any number of repetitions after something that was consumed.</summary>
    private int CompileLoop(RegexNode.Repeat repeat, int exit)
    {
        if (repeat.Part is RegexNode.Set set && !repeat.IsLazy)
        {
            return Emit(new Instruction(RegexOperation.Loop) { Characters = set.Characters, Next = exit });
        }

        var loop = Emit(new Instruction(RegexOperation.Split));
        var body = Compile(repeat.Part, exit, loop);
        _instructions[loop] = new Instruction(RegexOperation.Split) { Next = repeat.IsLazy ? exit : body, Other = repeat.IsLazy ? body : exit };
        return loop;
    }

    private int Option(RegexNode.Repeat repeat, int body, int exit) =>
        Emit(new Instruction(RegexOperation.Split) { Next = repeat.IsLazy ? exit : body, Other = repeat.IsLazy ? body : exit });

    /// <summary>Finds, for each instruction, the ASCII characters with which a match can continue; repeats until nothing changes.</summary>
    private void FindFirsts()
    {
        for (var changes = true; changes;)
        {
            changes = false;
            for (var i = 0; i < Instructions.Length; i++)
            {
                ref var instruction = ref Instructions[i];
                var (next, other, set) = (Instructions[instruction.Next], Instructions[instruction.Other], instruction.Characters);
                var (low, high) = instruction.Operation switch
                {
                    RegexOperation.Accept => (ulong.MaxValue, ulong.MaxValue),
                    RegexOperation.Set => (set!.Low, set.High),
                    RegexOperation.Run when instruction.Minimum > 0 => (set!.Low, set.High),
                    RegexOperation.Loop => (set!.Low | next.Low, set.High | next.High),
                    RegexOperation.Run => (set!.Low | other.Low, set.High | other.High),
                    RegexOperation.Split => (next.Low | other.Low, next.High | other.High),
                    RegexOperation.Atomic => (Instructions[instruction.Inner].Low, Instructions[instruction.Inner].High),
                    _ => (next.Low, next.High),
                };
                changes |= low != instruction.Low || high != instruction.High;
                (instruction.Low, instruction.High) = (low, high);
            }
        }
    }

    /// <summary>Represents an instruction.</summary>
    public record struct Instruction(RegexOperation Operation)
    {
        /// <summary>Gets the set of characters.</summary>
        public CharacterSet? Characters { get; init; }

        /// <summary>Gets the next instruction.</summary>
        public int Next { get; init; }

        /// <summary>
        /// Gets the alternative instruction; for <see cref="RegexOperation.Run"/> and <see cref="RegexOperation.Atomic"/> the next one if
        /// nothing was consumed.
        /// </summary>
        public int Other { get; init; }

        /// <summary>Gets the first instruction of the part that runs separately.</summary>
        public int Inner { get; init; }

        /// <summary>Gets the minimum number of characters, or the number of a lookbehind.</summary>
        public int Minimum { get; init; }

        /// <summary>Gets the maximum number of characters.</summary>
        public int Maximum { get; init; }

        /// <summary>Gets or sets its index among the instructions with two branches, or among the runs, or -1.</summary>
        public int Memory { get; set; }

        /// <summary>Gets or sets the first 64 ASCII characters with which a match can continue, one bit each.</summary>
        public ulong Low { get; set; }

        /// <summary>Gets or sets the other 64 ASCII characters.</summary>
        public ulong High { get; set; }

        /// <summary>Returns <see langword="false"/> if no match can continue with a character.</summary>
        public readonly bool CanBegin(char character) =>
            character < 64 ? (Low >> character & 1) != 0 : character >= 128 || (High >> (character - 64) & 1) != 0;
    }
}
