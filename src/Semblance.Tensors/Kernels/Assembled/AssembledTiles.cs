using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the innermost loops of products in int8 or bfloat16, assembled when the program starts, for processors with instructions
/// that the compiler of .NET cannot use: it has no intrinsic for them, or the program was compiled ahead of time for older processors.
/// </summary>
internal sealed unsafe class AssembledTiles
{
    private const int CodeAlignment = 64;
    private static readonly Lazy<AssembledTiles?> OfBytes = new(() => Chosen(ProcessorInstructions.Bytes));
    private static readonly Lazy<AssembledTiles?> OfBFloat16 = new(() => Chosen(ProcessorInstructions.BFloat16));

    private readonly byte* _code;
    private readonly int[] _starts;

    private AssembledTiles(TileInstruction instruction, byte* code, int[] starts)
    {
        (Instruction, _starts) = (instruction, starts);
        _code = code;
    }

    /// <summary>Gets the instruction that multiplies.</summary>
    public TileInstruction Instruction { get; }

    /// <summary>Gets the name of the instruction, and the width of its registers.</summary>
    public string Name =>
        Instruction switch
        {
            TileInstruction.MultiplyAdd256 => "vpmaddubsw",
            TileInstruction.BFloat16DotProduct512 => "vdpbf16ps",
            _ => "vpdpbusd",
        }
        + $" (assembled, {8 * TileAssembler.RegisterBytes(Instruction)} bit)";

    /// <summary>Gets the width of a panel in floats.</summary>
    public int PanelWidth => 2 * TileAssembler.RegisterBytes(Instruction) / sizeof(float);

    /// <summary>Gets the largest number of rows of a tile.</summary>
    public int Rows => _starts.Length;

    /// <summary>
    /// Returns the tiles of products on <see cref="InstructionSets.Current"/> in a compute type; <see langword="null"/> for none.
    /// </summary>
    public static AssembledTiles? Of(ComputeType type) => type switch
    {
        ComputeType.Int8 => OfBytes.Value,
        ComputeType.BFloat16 => OfBFloat16.Value,
        _ => null,
    };

    /// <summary>Returns the instruction that assembled tiles should use; <see langword="null"/> if compiled code is as fast.</summary>
    /// <param name="current">The instruction set of all other kernels.</param>
    /// <param name="variable">The value of <see cref="InstructionSets.Variable"/>: a set that is chosen is used as it was compiled.</param>
    /// <param name="isCompiledAhead"><see langword="true"/> if the program was compiled ahead of time.</param>
    /// <param name="processor">The best instruction of the processor.</param>
    public static TileInstruction? Choose(InstructionSet current, string? variable, bool isCompiledAhead, TileInstruction? processor) =>
        !string.IsNullOrWhiteSpace(variable) ? null
        : processor switch
        {
            // The runtime does not choose 512-bit registers where they slow the processor down.
            TileInstruction.DotProduct512 or TileInstruction.BFloat16DotProduct512 => current == InstructionSet.Avx512 || isCompiledAhead
                ? processor : null,
            TileInstruction.DotProduct256 => isCompiledAhead ? processor : null,
            TileInstruction.MultiplyAdd256 => isCompiledAhead && current == InstructionSet.Portable ? processor : null,
            _ => null,
        };

    /// <summary>Assembles the tiles; returns <see langword="null"/> if the system does not permit executable memory.</summary>
    public static AssembledTiles? Create(TileInstruction instruction)
    {
        using var all = new MemoryStream();
        var starts = new int[TileAssembler.MaxRows(instruction)];
        for (var rows = 1; rows <= starts.Length; rows++)
        {
            all.SetLength((all.Length + CodeAlignment - 1) / CodeAlignment * CodeAlignment);
            all.Position = starts[rows - 1] = (int)all.Length;
            all.Write(TileAssembler.Assemble(instruction, rows, OperatingSystem.IsWindows()));
        }

        var code = ExecutableMemory.Of(all.ToArray());
        return code is null ? null : new AssembledTiles(instruction, code, starts);
    }

    /// <summary>Computes c = a · panel for any number of rows, in tiles that fit the registers.</summary>
    /// <param name="a">The first row, four bytes or two bfloat16 in each float.</param>
    /// <param name="strideA">The number of floats from one row of a to the next.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="c">The sums, <see cref="PanelWidth"/> for each row.</param>
    public void Multiply(float* a, nint strideA, int rows, float* panel, int steps, float* c)
    {
        if (steps == 0)
        {
            new Span<float>(c, rows * PanelWidth).Clear(); // the code does at least one step
            return;
        }

        for (int tile; rows > 0; rows -= tile, a += tile * strideA, c += tile * PanelWidth)
        {
            // The last two tiles share the rest, as in TileColumn.
            tile = rows >= 2 * Rows ? Rows : rows > Rows ? (rows + 1) / 2 : rows;
            var argument = new TileArgument(
                (nint)a, strideA * sizeof(float), (nint)panel, steps, (nint)c, (nint)PanelWidth * sizeof(float));
            ((delegate* unmanaged[Cdecl, SuppressGCTransition]<TileArgument*, void>)(_code + _starts[tile - 1]))(&argument);
        }
    }

    private static AssembledTiles? Chosen(TileInstruction? processor) =>
        Choose(
            InstructionSets.Current, Environment.GetEnvironmentVariable(InstructionSets.Variable), !RuntimeFeature.IsDynamicCodeSupported,
            processor) is { } instruction
            ? Create(instruction)
            : null;
}
