using System.CommandLine;
using Semblance.Tensors;

namespace Semblance.Cli.Options;

/// <summary>Represents <c>--compute</c>: the number format of the products with a model's weights.</summary>
internal sealed class ComputeOption : Option<ComputeType>
{
    public ComputeOption()
        : base("--compute")
    {
        Description = "The number format that the model computes in; default: float32";
        HelpName = "float32|bfloat16|int8";
        this.AcceptOnlyFromAmong([.. Enum.GetNames<ComputeType>().Select(name => name.ToLowerInvariant())]);
    }
}
