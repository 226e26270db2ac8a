namespace Semblance.Training;

/// <summary>Represents the options of <see cref="DomainAdaptation"/>.</summary>
/// <param name="Texts">
/// The path of the texts of the domain. Plain text has a paragraph on each line and an empty line between documents; without empty lines,
/// each line is a document. Tables and JSON Lines have a document in each row, in the column <see cref="Column"/>, and its title in the
/// column <c>title</c>, if there is one.
/// </param>
/// <param name="Output">The folder of the adapted model; its subfolder <c>adaptation</c> has data, recipes and reports.</param>
public sealed record DomainAdaptationOptions(string Texts, string Output)
{
    /// <summary>Gets the model: a folder, a Hub id, or <see cref="DefaultModel.Name"/>, the default.</summary>
    public string Model { get; init; } = DefaultModel.Name;

    /// <summary>Gets the column of the texts in tables and JSON Lines; <c>text</c> by default.</summary>
    public string Column { get; init; } = "text";

    /// <summary>
    /// Gets the methods, each trained on the model of the one before; empty, the default, for <see cref="AdaptationMethod.Gpl"/> with a
    /// generator or a teacher, and <see cref="AdaptationMethod.Pairs"/> otherwise.
    /// </summary>
    public IReadOnlyList<AdaptationMethod> Methods { get; init; } = [];

    /// <summary>
    /// Gets the model that generates queries for passages, with an encoder and a decoder such as T5: a folder or a Hub id.
    /// <see langword="null"/>, the default, for queries taken from the texts: titles, sentences and keywords.
    /// </summary>
    public string? Generator { get; init; }

    /// <summary>
    /// Gets the teacher of <see cref="AdaptationMethod.Gpl"/>: a cross-encoder, a late-interaction model or a sentence encoder, as a folder
    /// or a Hub id. <see langword="null"/>, the default, for the late-interaction head of the model, or its token vectors, together with
    /// the model itself.
    /// </summary>
    public string? Teacher { get; init; }

    /// <summary>Gets the number of queries of a passage; 3 by default.</summary>
    public int QueriesPerPassage { get; init; } = 3;

    /// <summary>
    /// Gets the number of negatives of a query, half of them found by the model and half by BM25; 4 by default.
    /// </summary>
    public int NegativesPerQuery { get; init; } = 4;

    /// <summary>Gets the maximum number of words to add to the vocabulary; 0 by default.</summary>
    public int NewWords { get; init; }

    /// <summary>
    /// Gets the path of the pairs that the model is evaluated with: a table or JSON Lines whose first two columns are a text and the text
    /// to find by it. <see langword="null"/>, the default, for pairs made of documents that are held out of the training.
    /// </summary>
    public string? Pairs { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the model is written even if it is not better than before; <see langword="false"/> by default.
    /// </summary>
    public bool KeepAlways { get; init; }

    /// <summary>
    /// Gets the number of training steps of each method; <see langword="null"/>, the default, for up to three epochs and 1,000 steps.
    /// </summary>
    public int? Steps { get; init; }

    /// <summary>Gets the learning rate; <see langword="null"/>, the default, for that of the method.</summary>
    public double? Rate { get; init; }

    /// <summary>Gets the random seed; 42 by default.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>
    /// Gets a value that indicates whether an earlier run in the folder is continued, with the data that it has prepared;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Gets a value that indicates whether an earlier run in the folder is deleted; <see langword="false"/> by default.
    /// </summary>
    public bool Overwrite { get; init; }

    internal IReadOnlyList<AdaptationMethod> UsedMethods =>
        Methods.Count > 0 ? Methods : [Generator is null && Teacher is null ? AdaptationMethod.Pairs : AdaptationMethod.Gpl];

    internal bool NeedsQueries => UsedMethods.Any(method => method is AdaptationMethod.Pairs or AdaptationMethod.Gpl);

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Texts);
        ArgumentException.ThrowIfNullOrEmpty(Output);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueriesPerPassage, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(NegativesPerQuery, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(NewWords);
        if (Methods.Distinct().Count() != Methods.Count)
        {
            throw new ArgumentException($"A method occurs twice in {string.Join(", ", Methods)}; name each once.", nameof(Methods));
        }

        if (Steps < 1 || !(Rate is null or (> 0 and <= 1)))
        {
            throw new ArgumentException($"The steps {Steps} must be at least 1, and the rate {Rate} above 0 and at most 1.", nameof(Steps));
        }

        if (Generator is not null && !NeedsQueries)
        {
            throw new ArgumentException("A generator of queries is for the methods 'pairs' and 'gpl'.", nameof(Generator));
        }

        if (Teacher is not null && !UsedMethods.Contains(AdaptationMethod.Gpl))
        {
            throw new ArgumentException("A teacher is for the method 'gpl'.", nameof(Teacher));
        }
    }
}
