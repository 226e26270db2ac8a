using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>A recorded model folder: what went in, and what the original made of it.</summary>
internal sealed class RecordedFolder : IDisposable
{
    private readonly JsonDocument _settings;
    private readonly SafetensorsFile _expected;

    public RecordedFolder(string name)
    {
        Path = Fixtures.Own(name);
        _settings = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(Path, "expected.json")));
        _expected = SafetensorsFile.Open(System.IO.Path.Combine(Path, "expected.safetensors"));
    }

    public string Path { get; }

    public JsonElement Settings => _settings.RootElement;

    public string[] Sentences => Texts(Settings.GetProperty("sentences"));

    public (string, string)[] Pairs => [.. Settings.GetProperty("pairs").EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!))];

    /// <summary>The recorded tokens.</summary>
    public PackedBatch Batch
    {
        get
        {
            var (ids, types, mask) = (_expected.ReadInt64("input_ids"), _expected.ReadInt64("token_type_ids"), _expected.ReadInt64("attention_mask"));
            var width = _expected.Info("input_ids").Shape[1];
            var rows = Enumerable.Range(0, ids.Length / width).Select(row => Enumerable.Range(row * width, width).Where(i => mask[i] != 0).ToArray()).ToArray();
            return PackedBatch.From([.. rows.Select(row => row.Select(i => (int)ids[i]).ToArray())], [.. rows.Select(row => row.Select(i => (int)types[i]).ToArray())]);
        }
    }

    public static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    public float[] Expected(string name) => _expected.Read(name).Values.ToArray();

    /// <summary>Fails unless values equal those recorded under a name.</summary>
    public void ShouldBeNear(ReadOnlySpan<float> actual, string name, float tolerance = 2e-5f) => ShouldBeNear(actual, Expected(name), name, tolerance);

    public static void ShouldBeNear(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what, float tolerance = 2e-5f)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(MathF.Abs(actual[i] - expected[i]) <= tolerance))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]}, expected {expected[i]}.");
            }
        }
    }

    public void Dispose() => _settings.Dispose();
}
