using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the transpose of a weight in panels two registers wide: <c>[panel][depth][2 × lanes]</c>, the last panel padded with zeros. A
/// tile of the product reads its panel from front to back. Panels of lower precision are laid out as <see cref="IPanelElements"/> says.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly object _memory; // kept alive

    private PackedMatrix(
        int depth, int columns, int panelWidth, Computation? run = null, ComputeType type = ComputeType.Float32,
        AssembledTiles? tiles = null)
    {
        (Depth, Columns, PanelWidth, Type, Tiles) = (depth, columns, tiles?.PanelWidth ?? panelWidth, type, tiles);
        panelWidth = PanelWidth;
        var elements = type == ComputeType.Int8 ? ByteElements.Depth : HasPairs ? BFloat16Elements.PairDepth : 1; // of an input in a step
        Steps = (depth + elements - 1) / elements;
        PanelFloats = checked(Steps * (type == ComputeType.BFloat16 && !HasPairs ? panelWidth / 2 : panelWidth));
        PanelCount = (columns + panelWidth - 1) / panelWidth;
        var count = checked(PanelCount * (PanelFloats + (type == ComputeType.Int8 ? 2 * PanelWidth : 0)));
        if (run is null)
        {
            _memory = Tensor.AlignedMemory(count, out var panels);
            Panels = panels;
        }
        else
        {
            var lease = run.Lease(count);
            _memory = lease;
            Panels = lease.Data;
        }
    }

    public float* Panels { get; }

    /// <summary>Gets the length of the sums.</summary>
    public int Depth { get; }

    /// <summary>Gets the width of the product.</summary>
    public int Columns { get; }

    public int PanelWidth { get; }

    /// <summary>Gets the number format of the panels.</summary>
    public ComputeType Type { get; }

    /// <summary>Gets the code that multiplies, if it is assembled.</summary>
    public AssembledTiles? Tiles { get; }

    /// <summary>Gets a value that indicates whether two elements of bfloat16 of a column, and of an input, lie in the place of a float.</summary>
    public bool HasPairs => Type == ComputeType.BFloat16 && Tiles is not null;

    /// <summary>Gets the number of floats of an input's row: one of int8 has four elements in the place of a float, a pair two.</summary>
    public int Steps { get; }

    /// <summary>Gets the size of a panel in floats.</summary>
    public int PanelFloats { get; }

    /// <summary>Gets the scale of each column, for int8; those of the columns that do not exist are 0.</summary>
    public float* Scales => Panels + ((nint)PanelCount * PanelFloats);

    /// <summary>Gets the sum of each column, for int8, which the zero points of inputs are multiplied with.</summary>
    public int* Sums => (int*)Scales + ((nint)PanelCount * PanelWidth);

    /// <summary>Gets the version of the tensor that was packed.</summary>
    public int Version { get; private set; }

    public int PanelCount { get; }

    /// <summary>Packs the second operand b of products a bᵀ.</summary>
    /// <param name="matrix">The operand.</param>
    /// <param name="set">The instruction set of the products.</param>
    /// <param name="type">The number format of the products.</param>
    /// <param name="stale">An earlier result for the same operand, whose memory is reused.</param>
    /// <param name="tiles">The code that multiplies, if it is assembled; <see langword="null"/> by default.</param>
    /// <exception cref="NotFiniteNumberException">The format is int8, and the operand contains NaN or infinity.</exception>
    public static PackedMatrix Of(
        PreparedMatrix matrix, InstructionSet set, ComputeType type, PackedMatrix? stale = null, AssembledTiles? tiles = null)
    {
        var version = matrix.Value.Version;
        var packed = stale ?? new PackedMatrix(matrix.Columns, matrix.Rows, PanelWidthOf(set), type: type, tiles: tiles);
        Action<int> packing = type switch
        {
            ComputeType.Int8 => new PanelsOfBytes(QuantizedMatrix.Quantize(matrix), packed).Pack,
            ComputeType.BFloat16 => new PanelsOfBFloat16(matrix, packed).Pack,
            _ => new Packing(matrix.Value, packed, !matrix.IsTransposed).Panel,
        };
        Workers.Shared.For(packed.PanelCount, int.MaxValue, packing);
        packed.Version = version;
        return packed;
    }

    /// <summary>
    /// Packs the operand b for products x b, which compute the gradient of the first operand from the gradient of a product.
    /// </summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="matrix">The operand.</param>
    /// <param name="panelWidth">The width of a panel.</param>
    public static PackedMatrix Reverse(Computation run, PreparedMatrix matrix, int panelWidth)
    {
        var packed = new PackedMatrix(matrix.Rows, matrix.Columns, panelWidth, run);
        run.Execute(new Packing(matrix.Value, packed, matrix.IsTransposed), packed.PanelCount, (long)packed.Depth * packed.Columns);
        return packed;
    }

    /// <summary>
    /// Packs some rows of a matrix <c>[depth × columns]</c> without transposing them, for a product x · matrix within a computation.
    /// </summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The index after the last row.</param>
    /// <param name="panelWidth">The width of a panel.</param>
    public static PackedMatrix Pack(Computation run, Tensor matrix, int first, int end, int panelWidth)
    {
        var packed = new PackedMatrix(end - first, matrix.Columns, panelWidth, run);
        run.Execute(
            new Packing(((Operand)matrix).From((nint)first * matrix.Columns), packed, transposes: false), packed.PanelCount,
            (long)packed.Depth * packed.Columns);
        return packed;
    }

    /// <summary>Returns memory that was leased from a computation.</summary>
    public void Dispose() => (_memory as Tensor)?.Release();

    /// <summary>Returns the width of a panel: two registers.</summary>
    public static int PanelWidthOf(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => 2 * Lanes512.Count,
        InstructionSet.Avx2 => 2 * Lanes256.Count,
        InstructionSet.AdvSimd => 2 * Lanes128.Count,
        _ => 2 * LanesPortable.Count,
    };

    /// <summary>Returns the width of a panel of a transposed left side: one tile.</summary>
    public static int TileRowsOf(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Lanes512.TileRows,
        InstructionSet.Avx2 => Lanes256.TileRows,
        InstructionSet.AdvSimd => Lanes128.TileRows,
        _ => LanesPortable.TileRows,
    };

    /// <summary>Returns the address of the first float of a panel.</summary>
    public float* Panel(int index) => Panels + ((nint)index * PanelFloats);

    /// <summary>Writes some columns of <paramref name="depth"/> rows as one panel; the other columns become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows(float* source, nint stride, int columns, int depth, float* panel, int width)
    {
        for (var k = 0; k < depth; k++, source += stride, panel += width)
        {
            var row = new Span<float>(panel, width);
            new ReadOnlySpan<float>(source, columns).CopyTo(row);
            row[columns..].Clear();
        }
    }

    /// <summary>Writes <paramref name="rows"/> rows of a matrix as the columns of one panel; the other columns become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackTransposed(float* source, nint stride, int rows, int depth, float* panel, int width)
    {
        const int Block = 16; // one cache line of each row at a time
        for (var start = 0; start < depth; start += Block)
        {
            var end = Math.Min(depth, start + Block);
            var row = 0;
            for (; row <= rows - Transpose4.Size; row += Transpose4.Size)
            {
                var from = source + (row * stride);
                var k = start;
                for (; k <= end - Transpose4.Size; k += Transpose4.Size)
                {
                    Transpose4.Copy(from + k, stride, panel + ((nint)k * width) + row, width);
                }

                for (; k < end; k++)
                {
                    for (var i = 0; i < Transpose4.Size; i++)
                    {
                        panel[((nint)k * width) + row + i] = from[(i * stride) + k];
                    }
                }
            }

            for (; row < rows; row++)
            {
                var from = source + (row * stride);
                for (var k = start; k < end; k++)
                {
                    panel[((nint)k * width) + row] = from[k];
                }
            }
        }

        for (var k = 0; k < depth && rows < width; k++)
        {
            new Span<float>(panel + ((nint)k * width) + rows, width - rows).Clear();
        }
    }

    // An item is a panel.
    private readonly struct Packing(Operand source, PackedMatrix packed, bool transposes) : IKernel
    {
        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            for (var panel = first; panel < end; panel++)
            {
                Panel(panel);
            }
        }

        public void Panel(int panel)
        {
            int width = packed.PanelWidth, columns = Math.Min(width, packed.Columns - (panel * width));
            if (transposes)
            {
                PackTransposed(
                    source.Data + ((nint)panel * width * packed.Depth), packed.Depth, columns, packed.Depth, packed.Panel(panel), width);
            }
            else
            {
                PackRows(source.Data + (panel * width), packed.Columns, columns, packed.Depth, packed.Panel(panel), width);
            }
        }
    }
}
