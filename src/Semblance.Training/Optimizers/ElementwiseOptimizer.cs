using System.Numerics.Tensors;
using Semblance.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>Represents an optimizer that updates each element independently, in cache-sized blocks and on all threads.</summary>
public abstract class ElementwiseOptimizer : Optimizer
{
    private const int BlockLength = 4096;

    private protected ElementwiseOptimizer(IReadOnlyList<ParameterGroup> groups)
        : base(groups)
    {
    }

    /// <summary>Gets the kinds of state of each element, by their names in PyTorch.</summary>
    private protected abstract IReadOnlyList<string> Kinds { get; }

    /// <summary>
    /// Gets a value that indicates whether weight decay is decoupled: it shrinks the parameter instead of being added to the gradient.
    /// </summary>
    private protected virtual bool DecaysApart => false;

    private protected sealed override OrderedDictionary<string, Tensor> NewState(Tensor parameter)
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var kind in Kinds)
        {
            state.Add(kind, Tensor.Zeros(parameter.Shape));
        }

        return state;
    }

    private protected sealed override void Update(in ParameterUpdate update)
    {
        var whole = update;
        var kinds = Kinds;
        var length = update.Parameter.Length;
        Workers.Shared.For((length + BlockLength - 1) / BlockLength, int.MaxValue, index =>
        {
            var first = index * BlockLength;
            var count = Math.Min(BlockLength, length - first);
            Span<float> scratch = stackalloc float[2 * BlockLength];
            var block = new Block
            {
                Parameter = whole.Parameter.Writable.Slice(first, count),
                Gradient = whole.Gradient.Values.Slice(first, count),
                First = State(0),
                Second = State(1),
                Third = State(2),
                Scratch = scratch[..count],
                Squares = scratch.Slice(BlockLength, count),
            };
            if (whole.WeightDecay != 0)
            {
                Decay(whole, ref block);
            }

            Update(whole, block);

            Span<float> State(int kind) => kind < kinds.Count ? whole.State.GetAt(kind).Value.Writable.Slice(first, count) : [];
        });
    }

    private void Decay(in ParameterUpdate update, ref Block block)
    {
        if (DecaysApart)
        {
            TensorPrimitives.Multiply(block.Parameter, (float)(1 - (update.LearningRate * update.WeightDecay)), block.Parameter);
        }
        else
        {
            TensorPrimitives.MultiplyAdd(block.Parameter, (float)update.WeightDecay, block.Gradient, block.Squares);
            block.Gradient = block.Squares;
        }
    }

    private protected abstract void Update(in ParameterUpdate update, Block block);

    /// <summary>Represents a block of a parameter's elements, with their state in the order of <see cref="Kinds"/>.</summary>
    private protected ref struct Block
    {
        public Span<float> Parameter;
        public ReadOnlySpan<float> Gradient;
        public Span<float> First;
        public Span<float> Second;
        public Span<float> Third;

        /// <summary>The scratch space.</summary>
        public Span<float> Scratch;

        /// <summary>The space for the squared gradients; it can hold the gradient itself before.</summary>
        public Span<float> Squares;
    }
}
