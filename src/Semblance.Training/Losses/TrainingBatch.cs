using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the rows of one batch and the model that is trained on them.</summary>
/// <param name="Model">The model.</param>
/// <param name="Rows">The rows; all have the same number of texts, except lists of candidates.</param>
public sealed record TrainingBatch(ITrainableModel Model, IReadOnlyList<Example> Rows)
{
    /// <summary>Gets the prompts before the texts of each column; columns beyond the list have none.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>
    /// Gets the routes of the texts of each column; columns beyond the list, and <see langword="null"/>, use the model's default.
    /// </summary>
    public IReadOnlyList<string?> Routes { get; init; } = [];

    /// <summary>
    /// Gets the embeddings of the texts of each column from a guide model, if the loss needs them; otherwise, <see langword="null"/>.
    /// </summary>
    public IReadOnlyList<Tensor>? GuideEmbeddings { get; init; }

    /// <summary>Gets the factor of the gradients.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>
    /// Gets the random seed of the batch, for dropout and for the sampling of losses; <see langword="null"/> for no dropout.
    /// </summary>
    public ulong? DropoutSeed { get; init; }

    /// <summary>
    /// Gets a value that indicates whether activations are recomputed in the backward pass instead of being kept: less memory, more time.
    /// </summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>Gets the dropout probability, in place of the model's own; <see langword="null"/> for the model's own.</summary>
    public float? DropoutRate { get; init; }

    /// <summary>
    /// Gets the dropout probability of attention weights; <see langword="null"/>, the default, for <see cref="DropoutRate"/>.
    /// </summary>
    public float? AttentionDropoutRate { get; init; }

    /// <summary>
    /// Gets the part of the training that lies before the batch, from 0 to 1, for losses whose weights change; 1 by default.
    /// </summary>
    public double Progress { get; init; } = 1;

    /// <summary>Gets the token that cancels the operation.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// Gets the action that receives the sentence embeddings of each column as they are computed; <see langword="null"/> for none.
    /// </summary>
    public Action<Tensor>? Embedded { get; init; }

    /// <summary>
    /// Gets the action that receives how many labels of the batch the model predicted, and how many there are; <see langword="null"/> for
    /// none.
    /// </summary>
    public Action<int, int>? Predicted { get; init; }

    /// <summary>Gets the number of text columns.</summary>
    public int Columns => Rows[0].Texts.Count;

    /// <summary>
    /// Gets the labels: the targets of the rows, or their scores, or their classes; <see langword="null"/> if rows have none.
    /// </summary>
    public Tensor? Labels
    {
        get
        {
            if (Rows[0].Targets is { } targets)
            {
                return Tensor.From([.. Rows.SelectMany(row => row.Targets!)], Rows.Count, targets.Count);
            }

            var labels = Rows.Select(row => row.Score ?? row.Label).ToArray();
            return labels.Contains(null) ? null : Tensor.From([.. labels.Select(label => label!.Value)], labels.Length);
        }
    }

    /// <summary>Starts a computation for the batch.</summary>
    /// <param name="recording"><see langword="true"/> to record for the backward pass; otherwise, <see langword="false"/>.</param>
    public Computation Start(bool recording = true) => Start(recording ? DropoutSeed : null, recording);

    /// <summary>
    /// Starts a computation for one slice of the batch, which is computed several times. Dropout draws the same numbers each time, with or
    /// without recording, and different numbers for other slices and batches.
    /// </summary>
    /// <param name="slice">The index of the slice, from 0.</param>
    /// <param name="recording"><see langword="true"/> to record for the backward pass; otherwise, <see langword="false"/>.</param>
    public Computation StartSlice(int slice, bool recording) => Start(DropoutSeed + ((ulong)(slice + 1) << 40), recording);

    /// <summary>Returns the texts of a column, without the prompt.</summary>
    /// <param name="column">The index of the column, from 0.</param>
    /// <exception cref="LossInputException">The rows do not have the same number of texts.</exception>
    public string[] Texts(int column) =>
    [
        .. Rows.Select(row => row.Texts.Count == Columns ? row.Texts[column] : throw new LossInputException(
            $"A row has {row.Texts.Count} texts and the first of its batch {Columns}; for this loss all must have the same number. "
            + "Leave shorter rows out; negatives from several sources that are equal count once, so take them from one source.")),
    ];

    /// <summary>Returns the prompt before the texts of a column.</summary>
    /// <param name="column">The index of the column, from 0.</param>
    public string Prompt(int column) => column < Prompts.Count ? Prompts[column] : "";

    /// <summary>Returns the texts of a column as an input of the model.</summary>
    /// <param name="column">The index of the column, from 0.</param>
    public ModelInput Input(int column) =>
        new(Texts(column)) { Prompt = Prompt(column), Route = column < Routes.Count ? Routes[column] : null, Column = column };

    /// <summary>Computes the model's output, and reports sentence embeddings to <see cref="Embedded"/>.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="input">The texts.</param>
    public ModelOutput Forward(Computation run, ModelInput input)
    {
        var output = Model.Forward(run, input);
        if (Model.OutputKind == ModelOutputKind.SentenceEmbeddings)
        {
            Embedded?.Invoke(output.Value);
        }

        return output;
    }

    /// <summary>Returns the text numbers: for each text column, one number per row, equal for equal texts across all columns.</summary>
    public IReadOnlyList<IReadOnlyList<int>> TextNumbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, Columns).Select(column => Array.ConvertAll(Texts(column), text =>
        {
            numbers.TryAdd(text, numbers.Count);
            return numbers[text];
        }))];
    }

    private Computation Start(ulong? seed, bool recording) =>
        new(
            recording: recording, dropoutSeed: seed, dropoutRate: DropoutRate, recompute: RecomputeActivations,
            cancellationToken: Cancellation)
        {
            AttentionDropoutRate = AttentionDropoutRate,
        };
}
