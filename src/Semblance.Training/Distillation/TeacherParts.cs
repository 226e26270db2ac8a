using System.Globalization;
using System.Numerics.Tensors;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>Reads and writes the files of <see cref="TeacherVectors"/>.</summary>
internal sealed class TeacherParts
{
    /// <summary>The maximum number of texts of a part.</summary>
    public const int Texts = 8192;

    private const string QueriesKey = "queries"; // in the metadata of a part
    private const int LargestSample = 100_000;
    private const float Tolerance = 2e-3f; // of half precision, and of another instruction set

    private readonly string _folder;

    private TeacherParts(string folder) => _folder = folder;

    // A part is complete once its vectors, which are written last, are there.
    private int Count => Enumerable.Range(0, int.MaxValue).First(part => !File.Exists(VectorsOf(part)));

    /// <summary>Opens a folder, which may have no parts.</summary>
    public static TeacherParts Open(string folder) => new(folder);

    /// <summary>Checks that the parts have vectors of these teachers.</summary>
    /// <exception cref="DatasetException">They have not.</exception>
    public void Check(IReadOnlyList<Teacher> teachers)
    {
        if (Count == 0)
        {
            return;
        }

        var first = ReadTexts().First();
        var checkpoint = SafetensorsFile.Open(VectorsOf(0));
        var areQueries = checkpoint.Metadata.ContainsKey(QueriesKey);
        if (checkpoint.Tensors.Count != teachers.Count)
        {
            throw new DatasetException(
                VectorsOf(0), null,
                $"the folder has vectors of {checkpoint.Tensors.Count} teachers, and {teachers.Count} are given; choose another folder.");
        }

        for (var t = 0; t < teachers.Count; t++)
        {
            using var stored = checkpoint.Read(NameOf(t));
            using var now = Encode(teachers[t], [first], areQueries, int.MaxValue, default);
            if (stored.Columns != now.Columns || TensorPrimitives.Distance(stored.Row(0), now.Row(0)) > Tolerance)
            {
                throw new DatasetException(
                    VectorsOf(0), null,
                    $"the folder has vectors of another teacher, or with another prompt, than '{teachers[t].Name}'; "
                    + "choose another folder.");
            }
        }
    }

    /// <summary>Encodes texts, all queries or none, and writes a part.</summary>
    public void Append(
        IReadOnlyList<Teacher> teachers, IReadOnlyList<string> texts, bool areQueries, int maxThreads, CancellationToken cancellationToken)
    {
        var part = Count;
        var writer = new SafetensorsWriter();
        if (areQueries)
        {
            writer.Metadata[QueriesKey] = "true";
        }

        for (var t = 0; t < teachers.Count; t++)
        {
            writer.Add(NameOf(t), Encode(teachers[t], texts, areQueries, maxThreads, cancellationToken), DType.F16);
        }

        using (var file = new AtomicFile(TextsOf(part)))
        {
            using (var lines = new JsonLinesWriter(file.Stream))
            {
                foreach (var text in texts)
                {
                    lines.Write(json => json.WriteString("text", text));
                }
            }

            file.Commit();
        }

        writer.Save(VectorsOf(part));
    }

    /// <summary>Reads the texts of all parts.</summary>
    public IEnumerable<string> ReadTexts() =>
        Enumerable.Range(0, Count)
            .SelectMany(part => new DatasetReader(TextsOf(part), new ColumnMapping("text")))
            .Select(row => row.Texts[0]);

    /// <summary>Determines whether there is a projection to a dimension, with the weights of the teachers.</summary>
    public bool HasProjection(IReadOnlyList<Teacher> teachers, int? dimensions)
    {
        if (!File.Exists(ProjectionFile))
        {
            return false;
        }

        var width = teachers.Sum(teacher => teacher.Model.Dimension);
        var projection = ReadProjection();
        return projection.Dimension == (dimensions < width ? dimensions : null) && projection.Scales.SequenceEqual(Scales(teachers));
    }

    /// <summary>Computes and writes the projection of the teachers' vectors, with the weights of the teachers.</summary>
    public void SaveProjection(IReadOnlyList<Teacher> teachers, int? dimensions, CancellationToken cancellationToken)
    {
        var scales = Scales(teachers);
        var writer = new SafetensorsWriter();
        writer.Add("scales", Tensor.From(scales, scales.Length));
        writer.Metadata["teachers"] = string.Join(", ", teachers.Select(teacher => teacher.Name));
        var whole = new TeacherProjection(scales, null);
        if (dimensions < teachers.Sum(teacher => teacher.Model.Dimension))
        {
            var sample = Sample(whole);
            if (sample.Rows < dimensions)
            {
                throw new ArgumentException(
                    $"There are {sample.Rows} texts; at least {dimensions} are needed for {dimensions} principal components.",
                    nameof(dimensions));
            }

            var components = PrincipalComponents.Fit(sample, dimensions.Value, cancellationToken: cancellationToken);
            writer.Metadata["explained_variance"] =
                components.ExplainedVarianceRatio.Sum().ToString("F4", CultureInfo.InvariantCulture);
            writer.Add("components", components.Components);
        }

        writer.Save(ProjectionFile);
    }

    /// <summary>Reads the projection.</summary>
    /// <exception cref="DatasetException">There is none.</exception>
    public TeacherProjection ReadProjection()
    {
        if (!File.Exists(ProjectionFile))
        {
            throw new DatasetException(
                _folder, null, $"there is no {Path.GetFileName(ProjectionFile)}, so the vectors are not complete; run their recipe again.");
        }

        var checkpoint = Checkpoint.OpenFile(ProjectionFile);
        using var scales = checkpoint.Read("scales");
        return new TeacherProjection(scales.Values.ToArray(), checkpoint.Contains("components") ? checkpoint.Read("components") : null);
    }

    /// <summary>Reads the vectors of all parts, projected.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="projection">The projection.</param>
    public float[] ReadVectors(int count, TeacherProjection projection)
    {
        float[]? vectors = null;
        var row = 0;
        for (var part = 0; part < Count; part++)
        {
            using var block = projection.Apply(ReadPart(part));
            vectors ??= new float[(long)count * block.Columns];
            if (row + block.Rows > count)
            {
                break;
            }

            block.Values.CopyTo(vectors.AsSpan(row * block.Columns));
            row += block.Rows;
        }

        return row == count && vectors is not null
            ? vectors
            : throw new DatasetException(
                _folder, null, $"there are {count} texts, but not as many vectors; delete the folder and run its recipe again.");
    }

    // Every n-th text, so that all data sets take part.
    private Tensor Sample(TeacherProjection whole)
    {
        var step = Math.Max(1, (Count * Texts / LargestSample) + 1);
        var rows = new List<float>();
        var width = 0;
        for (var part = 0; part < Count; part++)
        {
            using var block = whole.Apply(ReadPart(part));
            width = block.Columns;
            for (var row = 0; row < block.Rows; row += step)
            {
                rows.AddRange(block.Row(row));
            }
        }

        return Tensor.From(rows.ToArray(), rows.Count / width, width);
    }

    private static float[] Scales(IReadOnlyList<Teacher> teachers)
    {
        var total = teachers.Sum(teacher => teacher.Weight);
        return [.. teachers.Select(teacher => MathF.Sqrt(teacher.Weight / total))];
    }

    private IReadOnlyList<Tensor> ReadPart(int part)
    {
        var checkpoint = Checkpoint.OpenFile(VectorsOf(part));
        return [.. Enumerable.Range(0, checkpoint.Tensors.Count).Select(t => checkpoint.Read(NameOf(t)))];
    }

    /// <summary>Encodes texts, all queries or none; the vectors are normalized.</summary>
    public static Tensor Encode(
        Teacher teacher, IReadOnlyList<string> texts, bool areQueries, int maxThreads, CancellationToken cancellationToken)
    {
        var options = new EncodeOptions { Prompt = areQueries ? teacher.QueryPrompt : teacher.Prompt, Normalize = true, MaxThreads = maxThreads };
        return areQueries
            ? teacher.Model.EncodeQuery(texts, options, null, cancellationToken).Vectors
            : teacher.Model.Encode(texts, options, null, cancellationToken).Vectors;
    }

    private string TextsOf(int part) => Path.Combine(_folder, $"{part:D5}.jsonl");

    private string VectorsOf(int part) => Path.Combine(_folder, $"{part:D5}.safetensors");

    private string ProjectionFile => Path.Combine(_folder, "projection.safetensors");

    private static string NameOf(int teacher) => $"teacher.{teacher}";
}
