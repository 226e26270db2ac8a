using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the first operand of products in bfloat16 or int8. A row of int8 has a scale and a zero point: the byte of x is
/// x / scale + zero point, rounded once to the nearest whole number, where 0 to 255 is the range of the row together with 0.
/// </summary>
internal sealed unsafe class ReducedInput : IDisposable
{
    private readonly Tensor _source;
    private readonly int _version;
    private readonly ComputeType _type;
    private readonly bool _hasPairs;

    private ReducedInput(Tensor source, PackedMatrix panels, Tensor values, Tensor? scales) =>
        (_source, _version, _type, _hasPairs, Values, Scales) = (source, source.Version, panels.Type, panels.HasPairs, values, scales);

    /// <summary>
    /// Gets the values: floats rounded to bfloat16, or two bfloat16 or four bytes in the place of a float, as the panels need them.
    /// </summary>
    public Tensor Values { get; }

    /// <summary>Gets the scale and the zero point, an integer, of each row of bytes; otherwise, <see langword="null"/>.</summary>
    public Tensor? Scales { get; }

    /// <summary>Converts an input for the products with a weight.</summary>
    /// <exception cref="NotFiniteNumberException">The type is int8, and the input contains NaN or infinity.</exception>
    public static ReducedInput Of(Computation run, Tensor x, PackedMatrix panels)
    {
        if (panels.HasPairs)
        {
            var pairs = run.Lease(x.Rows, panels.Steps);
            run.Execute(new Pairing(x, pairs), x.Rows, x.Length);
            return new ReducedInput(x, panels, pairs, null);
        }

        if (panels.Type == ComputeType.BFloat16)
        {
            var rounded = run.Lease(x.Rows, x.Columns);
            run.Execute(new Rounding(x, rounded), x.Rows, x.Length);
            return new ReducedInput(x, panels, rounded, null);
        }

        var bytes = run.Lease(x.Rows, panels.Steps);
        var scales = run.Lease(x.Rows, 2);
        run.Execute(new Quantizing(x, bytes, scales), x.Rows, 2L * x.Length);
        for (var row = 0; row < x.Rows; row++)
        {
            if (float.IsNaN(scales.Data[2 * row]))
            {
                throw new NotFiniteNumberException(
                    $"Row {row} of {x}, the input of a layer, contains NaN or infinity, which int8 cannot represent; compute in float32.");
            }
        }

        return new ReducedInput(x, panels, bytes, scales);
    }

    /// <summary>
    /// Returns a value that indicates whether this was converted from a tensor that has not changed since, as the weight needs it.
    /// </summary>
    public bool IsOf(Tensor x, PackedMatrix panels) =>
        x == _source && x.Version == _version && panels.Type == _type && panels.HasPairs == _hasPairs;

    /// <summary>Returns the memory.</summary>
    public void Dispose()
    {
        Values.Release();
        Scales?.Release();
    }

    // An item is a row.
    private readonly struct Rounding(Tensor x, Tensor y) : IKernel
    {
        private readonly Operand _x = x;
        private readonly Operand _y = y;
        private readonly int _columns = x.Columns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            float* x = _x.Data, y = _y.Data;
            nint i = (nint)first * _columns, last = (nint)end * _columns;
            for (; i <= last - TLanes.Count; i += TLanes.Count)
            {
                TLanes.RoundToBFloat16(TLanes.Load(x + i)).Store(y + i);
            }

            if (i < last)
            {
                var rest = (int)(last - i);
                VectorMath<TLanes>.StorePartial(TLanes.RoundToBFloat16(VectorMath<TLanes>.LoadPartial(x + i, rest)), y + i, rest);
            }
        }
    }

    // An item is a row.
    private readonly struct Pairing(Tensor x, Tensor pairs) : IKernel
    {
        private readonly Operand _x = x;
        private readonly Operand _pairs = pairs;
        private readonly int _columns = x.Columns;
        private readonly int _width = pairs.Columns;

        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            for (var row = first; row < end; row++)
            {
                Row(_x.Data + ((nint)row * _columns), (ushort*)(_pairs.Data + ((nint)row * _width)));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Row(float* x, ushort* to)
        {
            var i = 0;
            for (; i <= _columns - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
            {
                Vector512.Narrow(PanelsOfBFloat16.Round(x + i), PanelsOfBFloat16.Round(x + i + Vector512<uint>.Count)).Store(to + i);
            }

            for (; i < 2 * _width; i++)
            {
                to[i] = i < _columns ? PanelsOfBFloat16.Round(x[i]) : (ushort)0;
            }
        }
    }

    // An item is a row.
    private readonly struct Quantizing(Tensor x, Tensor bytes, Tensor scales) : IKernel
    {
        private const int Levels = byte.MaxValue;

        private readonly Operand _x = x;
        private readonly Operand _bytes = bytes;
        private readonly Operand _scales = scales;
        private readonly int _columns = x.Columns;
        private readonly int _width = bytes.Columns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            for (var row = first; row < end; row++)
            {
                Row<TLanes>(_x.Data + ((nint)row * _columns), (byte*)(_bytes.Data + ((nint)row * _width)), _scales.Data + (2 * (nint)row));
            }
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Row<TLanes>(float* x, byte* bytes, float* scales)
            where TLanes : struct, ILanes<TLanes>
        {
            // Two registers of each, so that operations do not wait for each other; the check stays 0 unless an element is not finite.
            TLanes low = TLanes.Zero, low2 = TLanes.Zero, high = TLanes.Zero, high2 = TLanes.Zero, check = TLanes.Zero;
            var i = 0;
            for (; i <= _columns - (2 * TLanes.Count); i += 2 * TLanes.Count)
            {
                TLanes a = TLanes.Load(x + i), b = TLanes.Load(x + i + TLanes.Count);
                (low, low2, high, high2) = (TLanes.Min(low, a), TLanes.Min(low2, b), TLanes.Max(high, a), TLanes.Max(high2, b));
                check += TLanes.MultiplyAdd(a, TLanes.Zero, b * TLanes.Zero);
            }

            for (; i < _columns; i += TLanes.Count)
            {
                var a = Load<TLanes>(x, i);
                (low, high, check) = (TLanes.Min(low, a), TLanes.Max(high, a), TLanes.MultiplyAdd(a, TLanes.Zero, check));
            }

            float least = -TLanes.Largest(TLanes.Zero - TLanes.Min(low, low2)), most = TLanes.Largest(TLanes.Max(high, high2));
            // Divided first, because the difference may not be a finite number.
            var scale = (most / Levels) - (least / Levels);
            // A scale below the smallest normal number has no precise reciprocal, and its row is zero in effect.
            var inverse = float.IsNormal(scale) ? 1 / scale : 0;
            var zero = MathF.Round(-least * inverse);
            scales[0] = TLanes.Sum(check) == 0 ? inverse == 0 ? 0 : scale : float.NaN;
            ((int*)scales)[1] = (int)zero - TLanes.ByteOffset;
            TLanes factor = TLanes.Broadcast(inverse), offset = TLanes.Broadcast(zero);
            for (i = 0; i <= _columns - (4 * TLanes.Count); i += 4 * TLanes.Count)
            {
                TLanes.StoreBytes(
                    TLanes.MultiplyAdd(TLanes.Load(x + i), factor, offset),
                    TLanes.MultiplyAdd(TLanes.Load(x + i + TLanes.Count), factor, offset),
                    TLanes.MultiplyAdd(TLanes.Load(x + i + (2 * TLanes.Count)), factor, offset),
                    TLanes.MultiplyAdd(TLanes.Load(x + i + (3 * TLanes.Count)), factor, offset),
                    bytes + i);
            }

            for (; i <= _columns - TLanes.Count; i += TLanes.Count)
            {
                TLanes.MultiplyAdd(TLanes.Load(x + i), factor, offset).StoreBytes(bytes + i);
            }

            // The bytes after the last element meet weights of zero.
            if (i < _width * ByteElements.Depth)
            {
                var rest = stackalloc byte[TLanes.Count];
                TLanes.MultiplyAdd(Load<TLanes>(x, i), factor, offset).StoreBytes(rest);
                new ReadOnlySpan<byte>(rest, (_width * ByteElements.Depth) - i).CopyTo(new Span<byte>(bytes + i, TLanes.Count));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TLanes Load<TLanes>(float* x, int i)
            where TLanes : struct, ILanes<TLanes> =>
            _columns - i >= TLanes.Count ? TLanes.Load(x + i)
            : i < _columns ? VectorMath<TLanes>.LoadPartial(x + i, _columns - i) : TLanes.Zero;
    }
}
