using Semblance.Checkpoints;
using Semblance.Transformers;

namespace Semblance.Fuzzing;

/// <summary>The kinds of files that have weights or vectors.</summary>
internal static class WeightTargets
{
    /// <summary>One target for each.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Target("safetensors", "model.safetensors", input => SafetensorsFile.Open(input), "models/bert-fp16", "modules/cnn", "modules/lstm"),
        Target("pytorch_model.bin", "pytorch_model.bin", Checkpoint.OpenFile, "models/bert-pytorch-zip", "models/bert-pytorch-legacy"),
        new(
            "shards",
            [FuzzInput.Read(Fixtures.Own("models/bert-sharded"))],
            input => Transformer.Load(input.Folder),
            typeof(CheckpointFormatException), typeof(ModelFormatException), typeof(FileNotFoundException)) { BytesPerByte = 256, Share = 0.3 },
        new("npy", [Npy("<f4", 3, 4, 48), Npy("<f2", 2, 3, 12), Npy("|i1", 5, 2, 10), Npy("|u1", 1, 1, 1)], ReadMatrix, typeof(CheckpointFormatException)),
        new("onnx", [Onnx()], ReadOnnx, typeof(CheckpointFormatException), typeof(FileNotFoundException)) { BytesPerByte = 512, Share = 0.3 },
        new("gguf", [Gguf()], ReadGguf, typeof(CheckpointFormatException)) { BytesPerByte = 512, Share = 0.5 },
        new(
            "ranges",
            [Ranges()],
            input => QuantizationRanges.Load(Path.Combine(input.Folder, "r.safetensors")),
            typeof(CheckpointFormatException)),
    ];

    private static FuzzTarget Target(string name, string file, Func<string, Checkpoint> open, params string[] fixtures) => new(
        name,
        [.. fixtures.Select(fixture => new FuzzInput(new Dictionary<string, byte[]> { [file] = File.ReadAllBytes(Fixtures.Own($"{fixture}/{file}")) }))],
        input =>
        {
            var checkpoint = open(Path.Combine(input.Folder, file));
            foreach (var tensor in checkpoint.Tensors)
            {
                checkpoint.Read(tensor.Name).Dispose();
            }
        },
        typeof(CheckpointFormatException))
    { BytesPerByte = 256, Share = 0.5 };

    private static FuzzInput Npy(string type, int rows, int columns, int bytes)
    {
        var header = System.Text.Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".PadRight(117) + "\n");
        return new FuzzInput(new Dictionary<string, byte[]> { ["v.npy"] = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. new byte[bytes]] });
    }

    private static void ReadMatrix(FuzzInput input)
    {
        var path = Path.Combine(input.Folder, "v.npy");
        NpyFile.Open(path).Read().Dispose();
        var matrix = MappedMatrix.Open(path);
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.Bytes(row, 1);
        }
    }

    private static FuzzInput Onnx()
    {
        var path = Path.GetTempFileName();
        Conversion.OnnxExport.Export(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")), path);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return new FuzzInput(new Dictionary<string, byte[]> { ["m.onnx"] = bytes });
    }

    private static void ReadOnnx(FuzzInput input)
    {
        var file = OnnxFile.Open(Path.Combine(input.Folder, "m.onnx"));
        foreach (var name in file.Names)
        {
            file.Read(name).Dispose();
        }
    }

    // A text, a list of texts and a tensor of Q8_0.
    private static FuzzInput Gguf() => new(new Dictionary<string, byte[]>
    {
        ["m.gguf"] =
        [
            .. "GGUF"u8, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
            1, 0, 0, 0, 0, 0, 0, 0, (byte)'a', 8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, (byte)'b', (byte)'c',
            1, 0, 0, 0, 0, 0, 0, 0, (byte)'l', 9, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, (byte)'t',
            1, 0, 0, 0, 0, 0, 0, 0, (byte)'w', 2, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            .. new byte[31 + 68],
        ],
    });

    private static void ReadGguf(FuzzInput input)
    {
        var file = GgufFile.Open(Path.Combine(input.Folder, "m.gguf"));
        foreach (var name in file.Names)
        {
            file.Read(name).Dispose();
        }
    }

    private static FuzzInput Ranges()
    {
        using var vectors = Tensors.Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        var folder = Directory.CreateTempSubdirectory("semblance-fuzzing-");
        try
        {
            QuantizationRanges.Of(vectors).Save(Path.Combine(folder.FullName, "r.safetensors"));
            return FuzzInput.Read(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
