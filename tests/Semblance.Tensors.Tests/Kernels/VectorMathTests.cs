using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Tests.Kernels;

public unsafe class VectorMathTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Exp_is_within_two_units_in_the_last_place(InstructionSet set) =>
        UnitsOff(set, Function.Exp, Math.Exp, -87.3f, 88.7f).ShouldBeLessThanOrEqualTo(2);

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Erf_is_within_three_units_in_the_last_place(InstructionSet set) =>
        UnitsOff(set, Function.Erf, Reference.Erf, -6, 6).ShouldBeLessThanOrEqualTo(3);

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Tanh_is_within_three_units_in_the_last_place(InstructionSet set) =>
        UnitsOff(set, Function.Tanh, Math.Tanh, -12, 12).ShouldBeLessThanOrEqualTo(3);

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Extreme_arguments_have_their_limits(InstructionSet set)
    {
        Evaluate(set, Function.Exp, [-1000, float.NegativeInfinity, 1000, float.PositiveInfinity, float.NaN, 0]).ShouldBe([0, 0, float.PositiveInfinity, float.PositiveInfinity, float.NaN, 1]);
        Evaluate(set, Function.Erf, [-1000, float.NegativeInfinity, 1000, float.PositiveInfinity, float.NaN, 0]).ShouldBe([-1, -1, 1, 1, float.NaN, 0]);
        Evaluate(set, Function.Tanh, [-1000, float.NegativeInfinity, 1000, float.PositiveInfinity, float.NaN, 0]).ShouldBe([-1, -1, 1, 1, float.NaN, 0]);
    }

    private static double UnitsOff(InstructionSet set, Function function, Func<double, double> exact, float low, float high)
    {
        const int Count = 40_000;
        var x = new float[Count];
        for (var i = 0; i < Count; i++)
        {
            // Half of them evenly, half of them toward zero.
            var t = low + ((high - low) * i / (Count - 1));
            x[i] = i % 2 == 0 ? t : t * t * t / (high * high);
        }

        var y = Evaluate(set, function, x);
        double worst = 0;
        for (var i = 0; i < Count; i++)
        {
            var expected = exact(x[i]);
            var unit = Math.Max(MathF.BitIncrement(MathF.Abs((float)expected)) - MathF.Abs((float)expected), 1e-44);
            worst = Math.Max(worst, Math.Abs(y[i] - expected) / unit);
        }

        return worst;
    }

    private static float[] Evaluate(InstructionSet set, Function function, float[] x)
    {
        var input = Tensor.Zeros(x.Length + 16);
        var output = Tensor.Zeros(x.Length + 16);
        x.CopyTo(input.Writable);
        set.Run(new Elementwise(function, input.Data, output.Data), 0, x.Length);
        return output.Values[..x.Length].ToArray();
    }

    private enum Function
    {
        Exp,
        Erf,
        Tanh,
    }

    private readonly struct Elementwise(Function function, float* x, float* y) : IKernel
    {
        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            for (var i = first; i < end; i += TLanes.Count)
            {
                var value = TLanes.Load(x + i);
                (function switch
                {
                    Function.Exp => VectorMath<TLanes>.Exp(value),
                    Function.Erf => VectorMath<TLanes>.Erf(value),
                    _ => VectorMath<TLanes>.Tanh(value),
                }).Store(y + i);
            }
        }
    }
}
