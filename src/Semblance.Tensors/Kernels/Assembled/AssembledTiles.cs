using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the innermost loops of products of bytes, assembled when the program starts, for processors with instructions that the
/// compiler of .NET cannot use: it has no intrinsic for them, or the program was compiled ahead of time for older processors.
/// </summary>
internal sealed unsafe class AssembledTiles
{
    private const int CodeAlignment = 64;
    private static readonly Lazy<AssembledTiles?> Chosen = new(() =>
        Choose(
            InstructionSets.Current, Environment.GetEnvironmentVariable(InstructionSets.Variable), !RuntimeFeature.IsDynamicCodeSupported,
            ProcessorInstructions.Bytes) is { } instruction
            ? Create(instruction)
            : null);

    private readonly byte* _code;
    private readonly int[] _starts;

    private AssembledTiles(ByteInstruction instruction, byte* code, int[] starts)
    {
        (Instruction, _starts) = (instruction, starts);
        _code = code;
    }

    /// <summary>Gets the tiles that products on <see cref="InstructionSets.Current"/> use; <see langword="null"/> for none.</summary>
    public static AssembledTiles? Current => Chosen.Value;

    /// <summary>Gets the instruction that multiplies.</summary>
    public ByteInstruction Instruction { get; }

    /// <summary>Gets the name of the instruction, and the width of its registers.</summary>
    public string Name =>
        (Instruction == ByteInstruction.MultiplyAdd256 ? "vpmaddubsw" : "vpdpbusd")
        + $" (assembled, {8 * ByteTileAssembler.RegisterBytes(Instruction)} bit)";

    /// <summary>Gets the width of a panel in floats.</summary>
    public int PanelWidth => 2 * ByteTileAssembler.RegisterBytes(Instruction) / sizeof(float);

    /// <summary>Gets the largest number of rows of a tile.</summary>
    public int Rows => _starts.Length;

    /// <summary>Returns the instruction that assembled tiles should use; <see langword="null"/> if compiled code is as fast.</summary>
    /// <param name="current">The instruction set of all other kernels.</param>
    /// <param name="variable">The value of <see cref="InstructionSets.Variable"/>: a set that is chosen is used as it was compiled.</param>
    /// <param name="isCompiledAhead"><see langword="true"/> if the program was compiled ahead of time.</param>
    /// <param name="processor">The best instruction of the processor.</param>
    public static ByteInstruction? Choose(InstructionSet current, string? variable, bool isCompiledAhead, ByteInstruction? processor) =>
        !string.IsNullOrWhiteSpace(variable) ? null
        : processor switch
        {
            // The runtime does not choose 512-bit registers where they slow the processor down.
            ByteInstruction.DotProduct512 => current == InstructionSet.Avx512 || isCompiledAhead ? processor : null,
            ByteInstruction.DotProduct256 => isCompiledAhead ? processor : null,
            ByteInstruction.MultiplyAdd256 => isCompiledAhead && current == InstructionSet.Portable ? processor : null,
            _ => null,
        };

    /// <summary>Assembles the tiles; returns <see langword="null"/> if the system does not permit executable memory.</summary>
    public static AssembledTiles? Create(ByteInstruction instruction)
    {
        using var all = new MemoryStream();
        var starts = new int[ByteTileAssembler.MaxRows(instruction)];
        for (var rows = 1; rows <= starts.Length; rows++)
        {
            all.SetLength((all.Length + CodeAlignment - 1) / CodeAlignment * CodeAlignment);
            all.Position = starts[rows - 1] = (int)all.Length;
            all.Write(ByteTileAssembler.Assemble(instruction, rows, OperatingSystem.IsWindows()));
        }

        var code = ExecutableMemory.Of(all.ToArray());
        return code is null ? null : new AssembledTiles(instruction, code, starts);
    }

    /// <summary>Computes c = a · panel for any number of rows, in tiles that fit the registers.</summary>
    /// <param name="a">The first row, four bytes in each float.</param>
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
            var argument = new ByteTile(
                (nint)a, strideA * sizeof(float), (nint)panel, steps, (nint)c, (nint)PanelWidth * sizeof(float));
            ((delegate* unmanaged[Cdecl, SuppressGCTransition]<ByteTile*, void>)(_code + _starts[tile - 1]))(&argument);
        }
    }
}
