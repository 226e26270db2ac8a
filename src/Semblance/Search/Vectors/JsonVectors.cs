using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Reads vectors from JSON Lines, with an array <c>embedding</c> or <c>vector</c> in each row; blank lines are ignored.</summary>
internal static class JsonVectors
{
    private static readonly string[] Names = ["embedding", "vector"];

    /// <summary>Returns the name of the member that holds the vector of a row, or <see langword="null"/> if there is none.</summary>
    public static string? NameIn(JsonRow row) => Array.Find(Names, row.HasArray);

    /// <summary>Reads all vectors of a file.</summary>
    /// <exception cref="TextFormatException">A row has no vector, or one with another dimension than the first.</exception>
    public static Tensor Read(string path)
    {
        using var lines = TextLines.Open(path);
        var restore = new JsonVectorReader(path);
        var vectors = new List<float[]>();
        foreach (var line in lines.Read().Where(line => !line.IsBlank))
        {
            using var row = JsonRow.Parse(
                path, line.Number, line.Problem is { } problem ? throw new TextFormatException(path, line.Number, problem) : line.Text);
            vectors.Add(restore.Vector(row));
        }

        if (vectors.Count == 0)
        {
            throw new CheckpointFormatException(
                path, "there are no rows, so the dimension of the vectors is not known; give a file with vectors.");
        }

        var tensor = Tensor.Zeros(vectors.Count, vectors[0].Length);
        for (var i = 0; i < vectors.Count; i++)
        {
            vectors[i].CopyTo(tensor.Writable[(i * vectors[0].Length)..]);
        }

        return tensor;
    }
}
