namespace Semblance.Tokenizers.Patterns;

/// <summary>A regular expression as instructions for a <see cref="RegexMatcher"/>.</summary>
/// <remarks>
/// No path through a program comes back to an instruction without taking something up: every part is compiled with two ways on, one for
/// when nothing was taken up since the innermost repetition began (which then ends) and one for when something was.
/// </remarks>
internal sealed class RegexProgram
{
    // The memory that matching may need is in proportion to this times the text's length.
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

    /// <summary>The instructions.</summary>
    public Instruction[] Instructions { get; }

    /// <summary>The first one.</summary>
    public int Start { get; }

    /// <summary>The number of instructions that have two ways on.</summary>
    public int Choices { get; }

    /// <summary>The number of <see cref="RegexOperation.Run"/> instructions.</summary>
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

    private static FormatException TooLong() => new($"it has more than {MostInstructions} instructions with its repetitions written out");

    /// <summary>Compiles a part that goes on at <paramref name="idle"/> or <paramref name="moved"/>, and returns where it begins.</summary>
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
                return Emit(new Instruction(RegexOperation.Run) { Characters = set.Characters, Minimum = run.Minimum, Maximum = run.Maximum, Next = moved, Other = idle });
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
        // The optional repetitions from the last to the first, all but the first behind something that was taken up.
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

    /// <summary>Any number of repetitions behind something that was taken up.</summary>
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

    /// <summary>For each instruction the ASCII characters that a match can go on with there; until nothing changes.</summary>
    private void FindFirsts()
    {
        for (var changes = true; changes;)
        {
            changes = false;
            for (var i = 0; i < Instructions.Length; i++)
            {
                ref var instruction = ref Instructions[i];
                var (low, high) = instruction.Operation switch
                {
                    RegexOperation.Accept => (ulong.MaxValue, ulong.MaxValue),
                    RegexOperation.Set => (instruction.Characters!.Low, instruction.Characters.High),
                    RegexOperation.Run when instruction.Minimum > 0 => (instruction.Characters!.Low, instruction.Characters.High),
                    RegexOperation.Loop => (instruction.Characters!.Low | Instructions[instruction.Next].Low, instruction.Characters.High | Instructions[instruction.Next].High),
                    RegexOperation.Run => (instruction.Characters!.Low | Instructions[instruction.Other].Low, instruction.Characters.High | Instructions[instruction.Other].High),
                    RegexOperation.Split => (Instructions[instruction.Next].Low | Instructions[instruction.Other].Low, Instructions[instruction.Next].High | Instructions[instruction.Other].High),
                    RegexOperation.Atomic => (Instructions[instruction.Inner].Low, Instructions[instruction.Inner].High),
                    _ => (Instructions[instruction.Next].Low, Instructions[instruction.Next].High),
                };
                changes |= low != instruction.Low || high != instruction.High;
                (instruction.Low, instruction.High) = (low, high);
            }
        }
    }

    /// <summary>An instruction.</summary>
    public record struct Instruction(RegexOperation Operation)
    {
        /// <summary>The set of characters.</summary>
        public CharacterSet? Characters { get; init; }

        /// <summary>Where the program goes on.</summary>
        public int Next { get; init; }

        /// <summary>Where it goes on otherwise; for <see cref="RegexOperation.Run"/> and <see cref="RegexOperation.Atomic"/> where nothing was taken up.</summary>
        public int Other { get; init; }

        /// <summary>Where the part begins that is run by itself.</summary>
        public int Inner { get; init; }

        /// <summary>The least number of characters, or the number that is looked back.</summary>
        public int Minimum { get; init; }

        /// <summary>The greatest number of characters.</summary>
        public int Maximum { get; init; }

        /// <summary>Its number among the instructions with two ways on, or among the runs, or -1.</summary>
        public int Memory { get; set; }

        /// <summary>The first 64 ASCII characters, a bit each, that a match can go on with.</summary>
        public ulong Low { get; set; }

        /// <summary>The other 64.</summary>
        public ulong High { get; set; }

        /// <summary>True unless a character rules this instruction out.</summary>
        public readonly bool CanBegin(char character) =>
            character < 64 ? (Low >> character & 1) != 0 : character >= 128 || (High >> (character - 64) & 1) != 0;
    }
}
