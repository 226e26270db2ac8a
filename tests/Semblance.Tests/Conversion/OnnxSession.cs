using Microsoft.ML.OnnxRuntime;
using Semblance.Tensors;

namespace Semblance.Tests.Conversion;

/// <summary>Runs a graph in ONNX Runtime on sequences that are padded to the longest.</summary>
internal sealed class OnnxSession(string path) : IDisposable
{
    private readonly InferenceSession _session = new(path);

    public IReadOnlyCollection<string> Inputs => [.. _session.InputMetadata.Keys];

    public IReadOnlyCollection<string> Outputs => [.. _session.OutputMetadata.Keys];

    public void Dispose() => _session.Dispose();

    /// <summary>Returns an output: its elements and its shape.</summary>
    public (float[] Values, long[] Shape) Run(PackedBatch batch, string output, int padding)
    {
        long[] shape = [batch.Count, batch.LongestSequence];
        var (ids, mask, types) = (new long[shape[0] * shape[1]], new long[shape[0] * shape[1]], new long[shape[0] * shape[1]]);
        Array.Fill(ids, padding);
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            for (var i = 0; i < batch.Length(sequence); i++)
            {
                var (to, from) = ((sequence * batch.LongestSequence) + i, batch.Offsets[sequence] + i);
                (ids[to], mask[to], types[to]) = (batch.TokenIds[from], 1, batch.TypeIds[from]);
            }
        }

        using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(ids, shape), maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape),
            typeValue = OrtValue.CreateTensorValueFromMemory(types, shape);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = idValue, ["attention_mask"] = maskValue };
        if (Inputs.Contains("token_type_ids"))
        {
            inputs["token_type_ids"] = typeValue;
        }

        using var options = new RunOptions();
        using var results = _session.Run(options, inputs, [output]);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[0].GetTensorTypeAndShape().Shape);
    }
}
