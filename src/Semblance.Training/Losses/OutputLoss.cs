using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents a loss that is computed only from a model's outputs and the labels of a batch, so that <see cref="GradientCache"/> can
/// compute it over batches larger than memory.
/// </summary>
public abstract class OutputLoss : Objective
{
    /// <summary>
    /// Returns the batch that the loss is computed on, for example with sampled negatives or a guide model's embeddings; the same batch by
    /// default.
    /// </summary>
    /// <param name="batch">The batch from the trainer.</param>
    public virtual TrainingBatch Prepare(TrainingBatch batch) => batch;

    /// <summary>Returns the inputs of the model: one for each text column by default.</summary>
    /// <param name="batch">The prepared batch.</param>
    public virtual IReadOnlyList<ModelInput> Inputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [.. Enumerable.Range(0, batch.Columns).Select(batch.Input)];
    }

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="run">The computation that made the outputs.</param>
    /// <param name="batch">The prepared batch.</param>
    /// <param name="outputs">The model's output for each of <see cref="Inputs"/>.</param>
    /// <returns>The loss: <c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs);

    /// <inheritdoc/>
    public sealed override double Backward(TrainingBatch batch) => Backward(batch, null);

    /// <summary>Gets the maximum number of texts or pairs of an input that are computed at once; <see langword="null"/> for all.</summary>
    private protected virtual int? MiniBatchSize => null;

    /// <summary>
    /// Computes the loss of a batch in slices. Each slice is computed twice: without recording for the loss, and with recording for the
    /// backward pass.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="divide">
    /// A function that divides an input into slices, in order; <see langword="null"/> to compute inputs whole, unless they exceed the
    /// mini-batch size.
    /// </param>
    internal double Backward(TrainingBatch batch, Func<ModelInput, IEnumerable<Range>>? divide)
    {
        RequireOutputs(batch);
        batch = Prepare(batch);
        var inputs = Inputs(batch);
        if (divide is null && MiniBatchSize is { } size && inputs.Any(input => input.Texts.Count > size))
        {
            divide = input => Enumerable.Range(0, input.Texts.Count).Chunk(size).Select(rows => rows[0]..(rows[^1] + 1));
        }

        if (divide is null)
        {
            using var run = batch.Start();
            return Backward(run, Forward(run, batch, [.. inputs.Select(input => batch.Forward(run, input))]), batch);
        }

        var slices =
            inputs.SelectMany((input, column) => divide(input).Select(rows => (Column: column, Input: input.Slice(rows)))).ToArray();
        var made = new ModelOutput[slices.Length];
        for (var slice = 0; slice < slices.Length; slice++)
        {
            using var run = batch.StartSlice(slice, recording: false);
            var (value, offsets) = batch.Model.Forward(run, slices[slice].Input);
            made[slice] = new ModelOutput(Tensor.From(value.Values, value.Shape), offsets);
        }

        ModelOutput[] outputs = [.. slices.Zip(made).GroupBy(slice => slice.First.Column, slice => slice.Second).Select(Join)];
        foreach (var output in outputs)
        {
            output.Value.RequiresGradient = true;
        }

        double result;
        using (var run = batch.Start())
        {
            result = Backward(run, Forward(run, batch, outputs), batch);
        }

        var (place, last) = (0, -1);
        for (var slice = 0; slice < slices.Length; slice++)
        {
            var (column, input) = slices[slice];
            (place, last) = (column == last ? place : 0, column);
            if (outputs[column].Value.Gradient is { } gradient)
            {
                using var run = batch.StartSlice(slice, recording: true);
                var value = batch.Model.Forward(run, input).Value;
                run.Backward(value, Tensor.From(gradient.Values.Slice(place, value.Length), value.Shape));
                place += value.Length;
            }
        }

        return result;
    }

    private static ModelOutput Join(IEnumerable<ModelOutput> slices)
    {
        ModelOutput[] parts = [.. slices];
        var columns = parts[0].Value.Columns;
        var (joined, offsets) =
            (Tensor.Zeros(parts.Sum(part => part.Value.Rows), columns), parts[0].Offsets is null ? null : new List<int> { 0 });
        var rows = 0;
        foreach (var part in parts)
        {
            part.Value.Values.CopyTo(joined.Writable[(rows * columns)..]);
            offsets?.AddRange(part.Offsets!.Skip(1).Select(offset => rows + offset));
            rows += part.Value.Rows;
        }

        return new ModelOutput(joined, offsets);
    }
}
