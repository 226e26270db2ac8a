namespace Semblance.Training;

/// <summary>
/// Represents the vectors of teachers for many texts, computed once and kept in a folder: the targets of knowledge distillation
/// (<see cref="EmbedDistillLoss"/>, <see cref="MSELoss"/>).
/// </summary>
/// <remarks>
/// <para>The vector of a text is the concatenation of the teachers' normalized vectors, each multiplied by the square root of its weight,
/// so that a dot product is the weighted mean of the teachers' cosine similarities. It is projected onto its principal components if it is
/// wider than <see cref="TeacherVectorsOptions.Dimensions"/>, which keeps dot products best, and normalized. The projection is computed from
/// the texts of the first complete run, and stays the same when texts are added.</para>
/// <para>The folder has parts of up to 8,192 texts, queries or others (<c>00000.jsonl</c> and <c>00000.safetensors</c> with the vectors of
/// each teacher in half precision), and <c>projection.safetensors</c>. After an interruption, complete parts are not computed again.</para>
/// </remarks>
public sealed class TeacherVectors
{
    private readonly string[] _texts;
    private readonly float[] _vectors;
    private readonly Dictionary<string, int> _rows;

    private TeacherVectors(string[] texts, float[] vectors)
    {
        (_texts, _vectors, Dimension) = (texts, vectors, vectors.Length / texts.Length);
        _rows = new Dictionary<string, int>(texts.Length, StringComparer.Ordinal);
        for (var row = 0; row < texts.Length; row++)
        {
            _rows.TryAdd(texts[row], row);
        }
    }

    /// <summary>Gets the texts, in the order in which they were added.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Gets the dimension of the vectors.</summary>
    public int Dimension { get; }

    /// <summary>Computes the vectors of the texts that the folder does not have, and the projection of all its vectors.</summary>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="teachers">The teachers, the same as in earlier runs for the folder, except for their weights.</param>
    /// <param name="texts">The texts; equal texts are encoded once.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation. Complete parts remain.</param>
    /// <returns>The number of texts in the folder.</returns>
    /// <exception cref="DatasetException">The folder is damaged, or has vectors of other teachers.</exception>
    /// <exception cref="IOException">A file cannot be written, or another run computes vectors for the folder.</exception>
    public static int Compute(
        string folder, IReadOnlyList<Teacher> teachers, IEnumerable<string> texts, TeacherVectorsOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Compute(folder, teachers, texts.Select(text => new TeacherText(text)), options, progress, cancellationToken);
    }

    /// <inheritdoc cref="Compute(string, IReadOnlyList{Teacher}, IEnumerable{string}, TeacherVectorsOptions?, IProgress{double}?, CancellationToken)"/>
    /// <remarks>Of equal texts, the first decides whether it is a query.</remarks>
    public static int Compute(
        string folder, IReadOnlyList<Teacher> teachers, IEnumerable<TeacherText> texts, TeacherVectorsOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(teachers);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(teachers.Count, nameof(teachers));
        options ??= new TeacherVectorsOptions();
        Directory.CreateDirectory(folder);
        using var writing = Lock(folder);
        var parts = TeacherParts.Open(folder);
        parts.Check(teachers);
        var missing = Distinct(texts, parts.ReadTexts());
        var done = 0;
        foreach (var kind in missing.GroupBy(text => text.IsQuery))
        {
            foreach (var part in kind.Chunk(TeacherParts.Texts))
            {
                progress?.Report((double)done / missing.Count);
                parts.Append(teachers, [.. part.Select(text => text.Text)], kind.Key, options.MaxThreads, cancellationToken);
                done += part.Length;
            }
        }

        if (!parts.HasProjection(teachers, options.Dimensions))
        {
            parts.SaveProjection(teachers, options.Dimensions, cancellationToken);
        }

        progress?.Report(1);
        return parts.ReadTexts().Count();
    }

    /// <summary>Encodes texts with the projection of a folder, without keeping their vectors.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="teachers">The teachers of the folder.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The normalized vectors, <c>[texts × dimension]</c>.</returns>
    /// <exception cref="DatasetException">
    /// The folder has no complete set of vectors, is damaged, or has vectors of other teachers.
    /// </exception>
    public static Tensors.Tensor Encode(
        string folder, IReadOnlyList<Teacher> teachers, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(teachers);
        ArgumentNullException.ThrowIfNull(texts);
        var parts = TeacherParts.Open(folder);
        parts.Check(teachers);
        return parts.ReadProjection().Apply(
            [.. teachers.Select(teacher => TeacherParts.Encode(teacher, texts, false, int.MaxValue, cancellationToken))]);
    }

    /// <summary>Loads the texts and their vectors.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The vectors.</returns>
    /// <exception cref="DatasetException">The folder has no complete set of vectors, or is damaged.</exception>
    public static TeacherVectors Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var parts = TeacherParts.Open(folder);
        var texts = parts.ReadTexts().ToArray();
        return new TeacherVectors(texts, parts.ReadVectors(texts.Length, parts.ReadProjection()));
    }

    /// <summary>Returns the vector of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The normalized vector; <see langword="null"/> if the folder does not have the text.</returns>
    public IReadOnlyList<float>? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _rows.TryGetValue(text, out var row) ? this[row] : (ArraySegment<float>?)null;
    }

    /// <summary>Gets the normalized vector of a text.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    public ArraySegment<float> this[int index] =>
        (uint)index < (uint)_texts.Length
            ? new(_vectors, index * Dimension, Dimension)
            : throw new ArgumentOutOfRangeException(nameof(index));

    // Two runs that add parts at the same time would write the same ones.
    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new IOException(
                $"{folder}: the folder cannot be locked, probably because another run computes vectors for it; wait until that ends, or "
                + $"choose another folder ({e.Message.TrimEnd('.')}).",
                e);
        }
    }

    private static List<TeacherText> Distinct(IEnumerable<TeacherText> texts, IEnumerable<string> known)
    {
        var seen = new HashSet<string>(known, StringComparer.Ordinal);
        return [.. texts.Where(text => !string.IsNullOrWhiteSpace(text.Text) && seen.Add(text.Text))];
    }
}
