using System.Numerics;
using System.Runtime.CompilerServices;
using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// An objective that is computed from the scores of pairs, for training a <see cref="CrossEncoder"/>. The first text of a row, the query, is judged
/// together with each of the others, its candidates.
/// </summary>
/// <remarks>
/// Labels are <see cref="Example.Targets"/>, one for each candidate, or with one candidate <see cref="Example.Score"/> or
/// <see cref="Example.Label"/>. Rankings need none where the first candidate is the one that is sought. Rows may differ in length.
/// </remarks>
public abstract class CrossEncoderLoss : Objective
{
    /// <summary>
    /// How many pairs are computed at once, from 1; null, the default, for all. The scores are then made twice, without recording and with: the
    /// same value and gradients in less memory and a third more time (GradCache; Gao et al. 2021, arXiv:2101.06983).
    /// </summary>
    public int? MiniBatchSize
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MiniBatchSize), value, "A mini-batch needs at least one pair.");
    }

    /// <summary>The loss of one batch.</summary>
    /// <param name="run">The computation that made the scores.</param>
    /// <param name="input">The batch.</param>
    /// <returns><c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the candidates or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, CrossEncoderInput input);

    /// <inheritdoc/>
    public sealed override double Backward(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        (string, string)[] pairs = [.. rows.SelectMany(row => row.Texts.Skip(1), (row, text) => (batch.Prompt(0) + row.Texts[0], batch.Prompt(1) + text))];
        CrossEncoderInput Input(Tensor logits) => new(logits, [.. rows.Select(row => row.Texts.Count - 1)], Labels(rows));
        if (pairs.Length <= (MiniBatchSize ?? int.MaxValue))
        {
            using var run = batch.Start();
            return Backward(batch, run, Input(batch.CrossEncoder.Forward(run, pairs)));
        }

        var parts = pairs.Chunk(MiniBatchSize!.Value).ToArray();
        var logits = Tensor.Zeros(pairs.Length, batch.CrossEncoder.Labels.Count);
        logits.RequiresGradient = true;
        var done = 0;
        for (var part = 0; part < parts.Length; part++)
        {
            using var run = batch.StartPart(part, recording: false);
            var made = batch.CrossEncoder.Forward(run, parts[part]);
            made.Values.CopyTo(logits.Writable[done..]);
            done += made.Length;
        }

        using var whole = batch.Start();
        var value = Backward(batch, whole, Input(logits));
        done = 0;
        for (var part = 0; part < parts.Length; part++)
        {
            using var run = batch.StartPart(part, recording: true);
            var made = batch.CrossEncoder.Forward(run, parts[part]);
            run.Backward(made, Tensor.From(logits.Gradient!.Values.Slice(done, made.Length), made.Shape));
            done += made.Length;
        }

        return value;
    }

    /// <summary>The rows that are judged: those of the batch, or what a loss makes of them.</summary>
    private protected virtual IReadOnlyList<Example> Rows(TrainingBatch batch) => batch.Rows;

    /// <summary>A setting that must be above zero.</summary>
    private protected static T Positive<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : INumber<T> =>
        value > T.Zero && T.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number above zero.");

    private double Backward(TrainingBatch batch, Computation run, CrossEncoderInput input)
    {
        var loss = Forward(run, input);
        run.Backward(loss, Tensor.From([batch.Scale], 1));
        return loss.Values[0];
    }

    private static IReadOnlyList<IReadOnlyList<float>>? Labels(IReadOnlyList<Example> rows)
    {
        IReadOnlyList<float>?[] labels = [.. rows.Select(row => row.Targets ?? ((row.Score ?? row.Label) is { } label ? [label] : null))];
        return labels.Contains(null) ? null : [.. labels.OfType<IReadOnlyList<float>>()];
    }
}
