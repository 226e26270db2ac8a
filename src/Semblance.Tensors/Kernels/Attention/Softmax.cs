using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes the softmax of one row in place.</summary>
internal static unsafe class Softmax<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Computes probabilities from scores: e^(scale · (x − max)) divided by the sum.</summary>
    /// <param name="row">
    /// The scores. The memory must extend to the next multiple of the register width; the elements there become zero.
    /// </param>
    /// <param name="count">The number of scores; if it is 0, the whole row becomes zero.</param>
    /// <param name="scale">The factor of the scores.</param>
    public static void Apply(float* row, int count, float scale) => Apply(row, 0, count, scale);

    /// <summary>
    /// Computes the softmax of the scores from <paramref name="first"/> up to <paramref name="count"/>; those before become zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* row, int first, int count, float scale)
    {
        if (first == count)
        {
            new Span<float>(row, (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count).Clear(); // no key is seen
            return;
        }

        var whole = first / TLanes.Count * TLanes.Count;
        if (first > 0)
        {
            new Span<float>(row, whole).Clear();
            new Span<float>(row + whole, first - whole).Fill(float.NegativeInfinity);
        }

        var end = (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        for (var i = count; i < end; i++)
        {
            row[i] = float.NegativeInfinity;
        }

        var largest = TLanes.Load(row + whole);
        for (var i = whole + TLanes.Count; i < end; i += TLanes.Count)
        {
            largest = TLanes.Max(largest, TLanes.Load(row + i));
        }

        var shift = TLanes.Broadcast(TLanes.Largest(largest));
        var factor = TLanes.Broadcast(scale);
        var sum = TLanes.Zero;
        for (var i = whole; i < end; i += TLanes.Count)
        {
            var power = VectorMath<TLanes>.Exp((TLanes.Load(row + i) - shift) * factor);
            power.Store(row + i);
            sum += power;
        }

        var share = TLanes.Broadcast(1f / TLanes.Sum(sum));
        for (var i = whole; i < end; i += TLanes.Count)
        {
            (TLanes.Load(row + i) * share).Store(row + i);
        }
    }
}
