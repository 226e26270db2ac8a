using Semblance.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>
/// Provides the recurrence of a long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
/// </summary>
public static class LstmOperation
{
    // Input, forget, candidate and output gate lie side by side, in the order of PyTorch.
    private const int Gates = 4;

    /// <summary>
    /// Computes one layer in one direction, over each sequence from a state of zeros. The sequences advance together, one token per step.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × 4 · hidden]</c>: the contribution of the inputs to the gates.</param>
    /// <param name="recurrent">The layer that computes the contribution of the previous state, from hidden to 4 · hidden.</param>
    /// <param name="batch">The offsets of the sequences.</param>
    /// <param name="backwards">
    /// <see langword="true"/> to begin with the last token of each sequence; otherwise, <see langword="false"/>, the default.
    /// </param>
    /// <returns><c>[tokens × hidden]</c>, the state after each token.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor Lstm(this Computation run, Tensor x, Linear recurrent, PackedBatch batch, bool backwards = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(recurrent);
        ArgumentNullException.ThrowIfNull(batch);
        recurrent.ThrowIfWrapped(run, "The recurrence of an LSTM");
        var hidden = recurrent.Inputs;
        if (recurrent.Outputs != Gates * hidden || x.Columns != Gates * hidden || x.Rows != batch.TokenCount)
        {
            throw new ArgumentException(
                $"A recurrence of {hidden} to {recurrent.Outputs} over {batch.TokenCount} tokens cannot be applied to {x}; "
                + $"[tokens × {Gates} · hidden] is needed.", nameof(x));
        }

        var steps = Steps(batch, backwards);
        var (gates, cells, states) = (run.Lease(x.Shape), run.Lease(x.Rows, hidden), run.Lease(x.Rows, hidden));
        for (var step = 0; step < steps.Length; step++)
        {
            using var before = Before(run, states, steps, step);
            // [sequences × 4 · hidden]
            using var sums = MatrixProductOperation.Product(
                run, before, recurrent.Matrix.Packed(run.Instructions), recurrent.Bias, Activation.Identity);
            for (var i = 0; i < steps[step].Length; i++)
            {
                var token = steps[step][i];
                var gate = RowOf(gates, token);
                TensorPrimitives.Add(x.Row(token), sums.Row(i), gate);
                Advance(gate, step == 0 ? [] : cells.Row(steps[step - 1][i]), RowOf(cells, token), RowOf(states, token));
            }
        }

        if (run.Recording && (x.RequiresGradient || recurrent.RequiresGradient))
        {
            run.Record(states, gradient => Backward(run, x, recurrent, steps, gates, cells, states, gradient), recurrent.Weight, states);
        }
        else
        {
            gates.Dispose();
            cells.Dispose();
        }

        return states;
    }

    // The tokens of each step. The longest sequences come first, so that the sequences of a step are the first of the step before.
    private static int[][] Steps(PackedBatch batch, bool backwards)
    {
        var order = Enumerable.Range(0, batch.Count).OrderByDescending(batch.Length).ToArray();
        return [.. Enumerable.Range(0, batch.LongestSequence).Select(step => order
            .TakeWhile(sequence => batch.Length(sequence) > step)
            .Select(sequence => backwards ? batch.Offsets[sequence + 1] - 1 - step : batch.Offsets[sequence] + step)
            .ToArray())];
    }

    // The states of the sequences of a step before that step.
    private static Tensor Before(Computation run, Tensor states, int[][] steps, int step)
    {
        var before = run.Lease(steps[step].Length, states.Columns);
        if (step == 0)
        {
            before.Writable.Clear();
        }

        for (var i = 0; step > 0 && i < before.Rows; i++)
        {
            states.Row(steps[step - 1][i]).CopyTo(RowOf(before, i));
        }

        return before;
    }

    // c = f · c₋₁ + i · g; h = o · tanh c. An empty cell counts as zeros.
    private static void Advance(Span<float> gates, ReadOnlySpan<float> before, Span<float> cell, Span<float> state)
    {
        var size = cell.Length;
        TensorPrimitives.Sigmoid(gates[..(2 * size)], gates[..(2 * size)]);
        TensorPrimitives.Tanh(gates.Slice(2 * size, size), gates.Slice(2 * size, size));
        TensorPrimitives.Sigmoid(gates[(3 * size)..], gates[(3 * size)..]);
        TensorPrimitives.Multiply(gates[..size], gates.Slice(2 * size, size), cell);
        if (!before.IsEmpty)
        {
            TensorPrimitives.MultiplyAdd(gates.Slice(size, size), before, cell, cell);
        }

        TensorPrimitives.Tanh(cell, state);
        TensorPrimitives.Multiply(state, gates[(3 * size)..], state);
    }

    private static void Backward(
        Computation run, Tensor x, Linear recurrent, int[][] steps, Tensor gates, Tensor cells, Tensor states, Tensor gradient)
    {
        var dx = run.Lease(x.Shape); // also the gradients of the contributions of the previous states
        using var weight = PackedMatrix.Reverse(run, recurrent.Matrix, PackedMatrix.PanelWidthOf(run.Instructions));
        Tensor? dStates = null; // by the states of a step, from the next step
        using var dCells = run.Lease(steps.Length == 0 ? 0 : steps[0].Length, states.Columns);
        dCells.Writable.Clear();
        for (var step = steps.Length - 1; step >= 0; step--)
        {
            var dGates = run.Lease(steps[step].Length, x.Columns);
            for (var i = 0; i < dGates.Rows; i++)
            {
                var token = steps[step][i];
                var fromLater = dStates is not null && i < dStates.Rows ? dStates.Row(i) : [];
                StepBackward(
                    gates.Row(token), step == 0 ? [] : cells.Row(steps[step - 1][i]), cells.Row(token), gradient.Row(token), fromLater,
                    RowOf(dCells, i), RowOf(dGates, i));
                dGates.Row(i).CopyTo(RowOf(dx, token));
            }

            dStates?.Release();
            dStates = run.Lease(dGates.Rows, states.Columns);
            var product = new MatrixProduct(dGates, weight, null, Activation.Identity, dStates);
            run.Execute(product, product.Items, (long)dGates.Length * states.Columns);
            dGates.Release();
        }

        dStates?.Release();
        if (recurrent.RequiresGradient)
        {
            using var before = run.Lease(states.Shape);
            before.Writable.Clear();
            for (var step = 1; step < steps.Length; step++)
            {
                for (var i = 0; i < steps[step].Length; i++)
                {
                    states.Row(steps[step - 1][i]).CopyTo(RowOf(before, steps[step][i]));
                }
            }

            MatrixProductOperation.Backward(run, before, recurrent.Matrix, recurrent.Bias, dx);
        }

        if (x.RequiresGradient)
        {
            x.AddGradient(dx);
        }
    }

    // From the gradients of a state, and of its cell by later steps, to those of the gates' sums and of the previous cell.
    private static void StepBackward(
        ReadOnlySpan<float> gates, ReadOnlySpan<float> before, ReadOnlySpan<float> cell, ReadOnlySpan<float> gradient,
        ReadOnlySpan<float> fromLater, Span<float> dCell, Span<float> dGates)
    {
        var size = cell.Length;
        for (var k = 0; k < size; k++)
        {
            float input = gates[k], forget = gates[size + k], candidate = gates[(2 * size) + k], output = gates[(3 * size) + k];
            var dState = gradient[k] + (fromLater.IsEmpty ? 0 : fromLater[k]);
            var squashed = MathF.Tanh(cell[k]);
            var d = dCell[k] + (dState * output * (1 - (squashed * squashed)));
            dGates[k] = d * candidate * input * (1 - input);
            dGates[size + k] = before.IsEmpty ? 0 : d * before[k] * forget * (1 - forget);
            dGates[(2 * size) + k] = d * input * (1 - (candidate * candidate));
            dGates[(3 * size) + k] = dState * squashed * output * (1 - output);
            dCell[k] = d * forget;
        }
    }

    private static Span<float> RowOf(Tensor x, int row) => x.Writable.Slice(row * x.Columns, x.Columns);
}
