namespace Semblance.Checkpoints;

/// <summary>Writes one matrix to a safetensors file row by row.</summary>
/// <param name="path">The path of the file to write.</param>
/// <param name="columns">The number of elements in a row.</param>
/// <param name="name">The name of the matrix in the file; <c>embeddings</c> by default.</param>
/// <param name="type">The type of the elements: F32, F16, BF16, I8 or U8.</param>
public sealed class SafetensorsRowWriter(string path, int columns, string name = "embeddings", DType type = DType.F32)
    : RowWriter(path, type, columns, rows => Header(name, type, rows, columns))
{
    private static byte[] Header(string name, DType type, int rows, int columns)
    {
        // A header for the maximum number of rows has room for any number.
        var metadata = new Dictionary<string, string>();
        var longest = SafetensorsWriter.Header(metadata, [new TensorInfo(name, type, [int.MaxValue, columns])]);
        return SafetensorsWriter.Header(metadata, [new TensorInfo(name, type, [rows, columns])], longest.Length);
    }
}
