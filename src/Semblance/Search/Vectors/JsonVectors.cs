using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Vectors in JSON Lines, an array <c>embedding</c> or <c>vector</c> in each row; blank lines are no rows.</summary>
internal static class JsonVectors
{
    private static readonly string[] Names = ["embedding", "vector"];

    /// <summary>The member that holds a row's vector; null where there is none.</summary>
    public static string? NameIn(JsonRow row) => Array.Find(Names, row.HasArray);

    /// <summary>All vectors of a file.</summary>
    /// <exception cref="TextFormatException">A row has no vector, or one of another dimension than the first.</exception>
    public static Tensor Read(string path)
    {
        using var lines = TextLines.Open(path);
        var restore = new JsonVectorReader(path);
        var vectors = new List<float[]>();
        foreach (var line in lines.Read().Where(line => !line.IsBlank))
        {
            using var row = JsonRow.Parse(path, line.Number, line.Problem is { } problem ? throw new TextFormatException(path, line.Number, problem) : line.Text);
            vectors.Add(restore.Vector(row));
        }

        if (vectors.Count == 0)
        {
            throw new CheckpointFormatException(path, "there are no rows, so the dimension of the vectors is not known; give a file with vectors.");
        }

        var tensor = Tensor.Zeros(vectors.Count, vectors[0].Length);
        for (var i = 0; i < vectors.Count; i++)
        {
            vectors[i].CopyTo(tensor.Writable[(i * vectors[0].Length)..]);
        }

        return tensor;
    }
}
