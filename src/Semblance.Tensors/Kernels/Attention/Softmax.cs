using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Softmax of one row in place.</summary>
internal static unsafe class Softmax<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Turns scores into probabilities: e^(scale · (x − max)) over its sum.</summary>
    /// <param name="row">The scores. The memory must reach to the next multiple of the register width; what lies there becomes zero.</param>
    /// <param name="count">How many scores there are; of none nothing is left.</param>
    /// <param name="scale">What the scores are multiplied by.</param>
    public static void Apply(float* row, int count, float scale) => Apply(row, 0, count, scale);

    /// <summary>The same for the scores from <paramref name="first"/> up to <paramref name="count"/>; those before become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* row, int first, int count, float scale)
    {
        if (first == count)
        {
            new Span<float>(row, (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count).Clear(); // nothing is seen, so nothing is mixed
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
