using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes y = f(x), or y = f′(x) · gradient if there is a gradient. An item is a range of elements.</summary>
internal readonly unsafe struct ElementwiseKernel(Tensor x, Tensor? gradient, Activation activation, Tensor y) : IKernel
{
    private const int RunLength = 4096;

    private readonly Operand _x = x;
    private readonly Operand _gradient = gradient;
    private readonly Operand _y = y;
    private readonly int _count = x.Length;

    public int Items => (_count + RunLength - 1) / RunLength;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes> =>
        activation.Run(new Elements<TLanes>(_x.Data, _gradient.Data, _y.Data, first * RunLength, Math.Min(_count, end * RunLength)));

    private readonly struct Elements<TLanes>(float* x, float* gradient, float* y, int first, int end) : IActivated
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            var i = first;
            for (; i <= end - TLanes.Count; i += TLanes.Count)
            {
                Value<TActivation>(TLanes.Load(x + i), gradient is null ? TLanes.Zero : TLanes.Load(gradient + i)).Store(y + i);
            }

            if (i < end)
            {
                var dy = gradient is null ? TLanes.Zero : VectorMath<TLanes>.LoadPartial(gradient + i, end - i);
                VectorMath<TLanes>.StorePartial(Value<TActivation>(VectorMath<TLanes>.LoadPartial(x + i, end - i), dy), y + i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TLanes Value<TActivation>(TLanes value, TLanes dy)
            where TActivation : struct, IActivation =>
            gradient is null ? TActivation.Apply(value) : TActivation.Derivative(value) * dy;
    }
}
