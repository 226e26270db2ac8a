namespace Semblance.Training;

/// <summary>
/// Targets that a teacher model gives: its sentence vectors or its scores, computed once before training (Reimers and Gurevych 2020,
/// arXiv:2004.09813; Hofstätter et al. 2020, arXiv:2010.02666).
/// </summary>
public static class TeacherTargets
{
    /// <summary>
    /// Rows whose targets are the teacher's vector of one of their texts, for <see cref="MSELoss"/>. With a sentence and its translation in each
    /// row, the student learns the teacher's vectors in both languages.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="column">The text that the teacher reads, from 0.</param>
    /// <param name="options">How the teacher encodes; with <see cref="EncodeOptions.Dimensions"/> its vectors fit a narrower student.</param>
    /// <param name="progress">Told about the teacher's encoding.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <returns>The rows in their order; equal texts share one vector.</returns>
    /// <exception cref="ArgumentException">A row has no such text.</exception>
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
    /// Rows whose targets are the teacher's similarity of their first text with each of the others, for <see cref="MarginMSELoss"/> and
    /// <see cref="DistillKLDivLoss"/>.
    /// </summary>
    /// <param name="rows">The rows: query, positive, negatives.</param>
    /// <param name="teacher">The teacher; the similarity is its own.</param>
    /// <param name="options">How the teacher encodes.</param>
    /// <param name="progress">Told about the teacher's encoding.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
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
        HashSet<string> texts, SentenceTransformer teacher, EncodeOptions? options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var distinct = texts.ToArray();
        var embeddings = teacher.Encode(distinct, options, progress, cancellationToken);
        return Enumerable.Range(0, distinct.Length).ToDictionary(i => distinct[i], i => embeddings[i].ToArray(), StringComparer.Ordinal);
    }
}
