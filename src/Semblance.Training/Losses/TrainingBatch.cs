using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>What an <see cref="Objective"/> learns from at once.</summary>
/// <param name="Learner">The model that learns.</param>
/// <param name="Rows">The rows; all have the same number of texts, but for lists of candidates.</param>
public sealed record TrainingBatch(ITrainableModel Learner, IReadOnlyList<Example> Rows)
{
    /// <summary>The model, where it makes sentence vectors.</summary>
    /// <exception cref="LossInputException">It judges pairs.</exception>
    public SentenceTransformer Model => Learner as SentenceTransformer
        ?? throw new LossInputException("The loss needs sentence vectors, and the model is a cross-encoder, which has none; its losses are those of Semblance.Training.CrossEncoders.");

    /// <summary>The model, where it judges pairs.</summary>
    /// <exception cref="LossInputException">It makes sentence vectors.</exception>
    public CrossEncoder CrossEncoder => Learner as CrossEncoder
        ?? throw new LossInputException("The loss needs the scores of pairs, which a cross-encoder gives, and the model makes sentence vectors; its losses are those of Semblance.Training.");

    /// <summary>What stands before the texts of each column; columns beyond the list have none.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>What the texts of each column are, for a model with a router; columns beyond the list, and null, take its default.</summary>
    public IReadOnlyList<string?> Routes { get; init; } = [];

    /// <summary>What gradients are multiplied by.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Where chance begins in this batch, dropout's and the objective's own; null without dropout.</summary>
    public ulong? DropoutSeed { get; init; }

    /// <summary>Computes each layer a second time on the way back instead of keeping what is inside: less memory, more time.</summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>How much is dropped wherever the model drops elements; null for what the model says.</summary>
    public float? DropoutRate { get; init; }

    /// <summary>Stops between two operations.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Told the vectors of each column as they are made; null for nobody.</summary>
    public Action<Tensor>? Embedded { get; init; }

    /// <summary>The number of text columns.</summary>
    public int Columns => Rows[0].Texts.Count;

    /// <summary>A computation for the batch, or for a part of it.</summary>
    /// <param name="recording">Whether gradients will be asked for.</param>
    public Computation Start(bool recording = true) =>
        new(recording: recording, dropoutSeed: recording ? DropoutSeed : null, dropoutRate: DropoutRate, recompute: RecomputeActivations, cancellationToken: Cancellation);

    /// <summary>The texts of a column, without prompt.</summary>
    /// <param name="column">The column, from 0.</param>
    public string[] Texts(int column) => [.. Rows.Select(row => row.Texts[column])];

    /// <summary>The vectors of a column.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="column">The column, from 0.</param>
    /// <returns><c>[rows × dimension]</c>.</returns>
    public Tensor Embed(Computation run, int column)
    {
        var vectors = Model.Forward(run, Texts(column), Prompt(column), Route(column));
        Embedded?.Invoke(vectors);
        return vectors;
    }

    /// <summary>The batch as a loss of vectors takes it, with the vectors of all columns.</summary>
    /// <param name="run">The computation that makes the vectors.</param>
    public LossInput Input(Computation run) => Input([.. Enumerable.Range(0, Columns).Select(column => Embed(run, column))]);

    /// <summary>The batch as a loss of vectors takes it.</summary>
    /// <param name="embeddings">For each column <c>[rows × dimension]</c>.</param>
    public LossInput Input(IReadOnlyList<Tensor> embeddings) => new(embeddings, Labels()) { TextNumbers = TextNumbers() };

    /// <summary>What stands before the texts of a column.</summary>
    internal string Prompt(int column) => column < Prompts.Count ? Prompts[column] : "";

    /// <summary>The route of the texts of a column; null for the default.</summary>
    internal string? Route(int column) => column < Routes.Count ? Routes[column] : null;

    /// <summary>
    /// A computation for one part of a batch that is computed several times: dropout draws the same numbers each time, recording or not, and
    /// others than in other parts or batches.
    /// </summary>
    internal Computation StartPart(int part, bool recording) =>
        new(recording: recording, dropoutSeed: DropoutSeed + ((ulong)(part + 1) << 40), dropoutRate: DropoutRate, recompute: RecomputeActivations, cancellationToken: Cancellation);

    private Tensor? Labels()
    {
        if (Rows[0].Targets is { } targets)
        {
            return Tensor.From([.. Rows.SelectMany(row => row.Targets!)], Rows.Count, targets.Count);
        }

        var labels = Rows.Select(row => row.Score ?? row.Label).ToArray();
        return labels.Contains(null) ? null : Tensor.From([.. labels.Select(label => label!.Value)], labels.Length);
    }

    private int[][] TextNumbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, Columns).Select(column => Array.ConvertAll(Texts(column), text =>
        {
            numbers.TryAdd(text, numbers.Count);
            return numbers[text];
        }))];
    }
}
