namespace Semblance.Tensors.Kernels;

/// <summary>Represents code that is compiled for each activation function.</summary>
internal interface IActivated
{
    void Run<TActivation>()
        where TActivation : struct, IActivation;
}

/// <summary>Selects the code of an activation function.</summary>
internal static class ActivationDispatch
{
    public static void Run<TBody>(this Activation activation, TBody body)
        where TBody : struct, IActivated
    {
        switch (activation)
        {
            case Activation.Identity:
                body.Run<Identity>();
                break;
            case Activation.Gelu:
                body.Run<Gelu>();
                break;
            case Activation.GeluTanh:
                body.Run<GeluTanh>();
                break;
            case Activation.QuickGelu:
                body.Run<QuickGelu>();
                break;
            case Activation.GeluClipped:
                body.Run<GeluClipped>();
                break;
            case Activation.Relu:
                body.Run<Relu>();
                break;
            case Activation.Relu6:
                body.Run<Relu6>();
                break;
            case Activation.ReluSquared:
                body.Run<ReluSquared>();
                break;
            case Activation.LeakyRelu:
                body.Run<LeakyRelu>();
                break;
            case Activation.Silu:
                body.Run<Silu>();
                break;
            case Activation.Mish:
                body.Run<Mish>();
                break;
            case Activation.Laplace:
                body.Run<Laplace>();
                break;
            case Activation.Tanh:
                body.Run<Tanh>();
                break;
            case Activation.Sigmoid:
                body.Run<Sigmoid>();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "The activation is not defined.");
        }
    }
}
