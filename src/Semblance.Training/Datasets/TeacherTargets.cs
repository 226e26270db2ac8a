namespace Semblance.Training;

/// <summary>
/// Computes targets with a teacher model, its embeddings or its scores, once before training (Reimers and Gurevych 2020, arXiv:2004.09813;
/// Hofstätter
/// et al. 2020, arXiv:2010.02666).
/// </summary>
public static class TeacherTargets
{
    /// <summary>
    /// Adds the teacher's embedding of one text of each row as targets, for <see cref="MSELoss"/>. If the rows have a sentence and its
    /// translation, the
    /// student is trained to produce the teacher's embeddings in both languages.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="teacher">The teacher model.</param>
    /// <param name="column">The index of the text that the teacher encodes, from 0. The default is 0.</param>
    /// <param name="options">
    /// The encoding options of the teacher; <see cref="EncodeOptions.Dimensions"/> reduces its embeddings to the dimension of the student.
    /// </param>
    /// <param name="progress">Receives the progress of the teacher's encoding.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The rows in their order; equal texts share one embedding.</returns>
    /// <exception cref="ArgumentException">A row does not have the text at <paramref name="column"/>.</exception>
    public static IReadOnlyList<Example> AddVectors(
        IReadOnlyList<Example> rows,
        SentenceTransformer teacher,
        int column = 0,
        EncodeOptions? options = null,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        Require(rows, column + 1);
        var vectors = Encode([.. rows.Select(row => row.Texts[column])], teacher, options, progress, cancellationToken);
        return [.. rows.Select(row => row with { Targets = vectors[row.Texts[column]] })];
    }

    /// <summary>
    /// Adds the teacher's similarity of the first text and each other text of a row as targets, for <see cref="MarginMSELoss"/> and
    /// <see cref="DistillKLDivLoss"/>.
    /// </summary>
    /// <param name="rows">The rows of query, positive and negatives.</param>
    /// <param name="teacher">The teacher model, whose similarity function is used.</param>
    /// <param name="options">The encoding options of the teacher.</param>
    /// <param name="progress">Receives the progress of the teacher's encoding.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The rows in their order.</returns>
    /// <exception cref="ArgumentException">A row has fewer than two texts.</exception>
    public static IReadOnlyList<Example> AddScores(
        IReadOnlyList<Example> rows,
        SentenceTransformer teacher,
        EncodeOptions? options = null,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Require(rows, 2);
        var vectors = Encode([.. rows.SelectMany(row => row.Texts)], teacher, options, progress, cancellationToken);
        float Score(string query, string document) => Similarity.Of(vectors[query], vectors[document], teacher.Config.SimilarityFunction);
        return [.. rows.Select(row => row with { Targets = [.. row.Texts.Skip(1).Select(text => Score(row.Texts[0], text))] })];
    }

    private static void Require(IReadOnlyList<Example> rows, int texts)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Texts.Count < texts)
            {
                throw new ArgumentException($"Row {i} has {rows[i].Texts.Count} texts; at least {texts} are expected.", nameof(rows));
            }
        }
    }

    // Each distinct text is encoded once.
    private static Dictionary<string, float[]> Encode(
        HashSet<string> texts, SentenceTransformer teacher, EncodeOptions? options, IProgress<EncodeProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var distinct = texts.ToArray();
        var embeddings = teacher.Encode(distinct, options, progress, cancellationToken);
        return Enumerable.Range(0, distinct.Length).ToDictionary(i => distinct[i], i => embeddings[i].ToArray(), StringComparer.Ordinal);
    }
}
