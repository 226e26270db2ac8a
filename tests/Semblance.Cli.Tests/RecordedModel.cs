using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Cli.Tests;

/// <summary>A sentence-transformers folder of the fixtures, with its sentences and what the original made of them.</summary>
internal sealed class RecordedModel
{
    private readonly Checkpoint _expected;

    public RecordedModel(string name)
    {
        Folder = Fixtures.Own($"st/{name}");
        _expected = SafetensorsFile.Open(Path.Combine(Folder, "expected.safetensors"));
        using var settings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json")));
        Sentences = [.. settings.RootElement.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];
    }

    public string Folder { get; }

    public string[] Sentences { get; }

    /// <summary>The sentences, one a line.</summary>
    public string Text => string.Concat(Sentences.Select(sentence => sentence + "\n"));

    public Tensor Expected(string name) => _expected.Read(name);

    /// <summary>Fails unless vectors equal those recorded under a name.</summary>
    public void ShouldEqual(string name, ReadOnlySpan<float> actual)
    {
        var expected = Expected(name).Values;
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(2e-5f, $"{name}, element {i}");
        }
    }
}
