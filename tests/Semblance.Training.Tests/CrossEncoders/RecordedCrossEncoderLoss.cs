using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training.Tests.CrossEncoders;

/// <summary>A loss case of a cross-encoder recorded from the original library: rows of texts with labels, the loss, and gradients of the model's parameters.</summary>
internal sealed class RecordedCrossEncoderLoss
{
    private const double Tolerance = 2e-5;

    private readonly string _folder;
    private readonly JsonElement _case;

    /// <param name="folder">Where the models, the index and the cases are.</param>
    /// <param name="name">The case.</param>
    public RecordedCrossEncoderLoss(string folder, string name)
    {
        _folder = folder;
        _case = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "index.json"))).GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("folder").GetString() == name);
        Model = CrossEncoder.LoadTrainable(Path.Combine(folder, _case.GetProperty("model").GetString()!));
        foreach (var (_, parameter) in Model.Parameters())
        {
            parameter.RequiresGradient = true;
        }
    }

    public CrossEncoder Model { get; }

    public Example[] Rows
    {
        get
        {
            var columns = _case.GetProperty("columns").EnumerateArray().Select(column => column.EnumerateArray().Select(Texts).ToArray()).ToArray();
            var labels = _case.GetProperty("labels").EnumerateArray().Select(Labels).ToArray();
            return [.. labels.Select((row, i) => new Example([.. columns.SelectMany(column => column[i])]) { Targets = row })];
        }
    }

    public void Check(double loss)
    {
        var file = SafetensorsFile.Open(Path.Combine(_folder, _case.GetProperty("folder").GetString()!, "expected.safetensors"));
        var expected = file.Read("loss").Values[0];
        loss.ShouldBe(expected, 1e-5 * Math.Abs(expected));
        var parameters = Model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var gradients = file.Tensors.Where(tensor => tensor.Name.StartsWith("grad.", StringComparison.Ordinal)).ToDictionary(tensor => tensor.Name["grad.".Length..], tensor => file.Read(tensor.Name));
        gradients.Count.ShouldBeGreaterThan(10);
        var largest = gradients.Values.Max(gradient => gradient.Values.ToArray().Max(Math.Abs));
        foreach (var (name, gradient) in gradients)
        {
            var actual = parameters[name].Gradient!;
            for (var i = 0; i < gradient.Length; i++)
            {
                Math.Abs(actual.Values[i] - gradient.Values[i]).ShouldBeLessThanOrEqualTo((float)(Tolerance * largest), $"{name}, element {i}: {actual.Values[i]} for {gradient.Values[i]}");
            }
        }
    }

    private static IEnumerable<string> Texts(JsonElement cell) => cell.ValueKind == JsonValueKind.Array ? cell.EnumerateArray().Select(text => text.GetString()!) : [cell.GetString()!];

    private static float[] Labels(JsonElement cell) => cell.ValueKind == JsonValueKind.Array ? [.. cell.EnumerateArray().Select(label => label.GetSingle())] : [cell.GetSingle()];
}
