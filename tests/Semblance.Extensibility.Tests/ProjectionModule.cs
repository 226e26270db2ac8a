using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance.Extensibility.Tests;

/// <summary>A module from outside the libraries: a linear layer without bias over sentence vectors.</summary>
public sealed class ProjectionModule(Linear layer) : Module
{
    public const string TypeName = "example.modules.Projection";

    public override string Type => TypeName;

    public static ProjectionModule Load(string folder, bool trainable) => new(new Linear(ReadParameter(Checkpoint.Open(folder), "weight", trainable), null));

    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireSentences(layer.Inputs);
        shape.SentenceWidth = layer.Outputs;
    }

    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = run.Linear(SentenceEmbeddings(features), layer);
    }

    public override IEnumerable<Parameter> Parameters() => [new("weight", layer.Weight)];

    public override void Save(string folder, DType weights = DType.F32) => SaveParameters(Parameters(), folder, weights);
}
