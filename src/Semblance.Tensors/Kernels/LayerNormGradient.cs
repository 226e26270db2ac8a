using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// The way back through layer normalisation, one row per item: with n the normalised row and g the gradient times the
/// weight, dx = (g − mean(g) − n · mean(g · n)) / deviation. It leaves n behind, for the gradient of the weight.
/// </summary>
internal readonly unsafe struct LayerNormGradient(Tensor x, Tensor? residual, LayerNorm layer, Tensor gradient, Tensor normalized, Tensor dx) : IKernel
{
    private readonly float* _x = x.Data;
    private readonly float* _residual = residual is null ? null : residual.Data;
    private readonly float* _weight = layer.Weight.Data;
    private readonly float* _gradient = gradient.Data;
    private readonly float* _normalized = normalized.Data;
    private readonly float* _dx = dx.Data;
    private readonly int _columns = x.Columns;
    private readonly float _epsilon = layer.Epsilon;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var row = first; row < end; row++)
        {
            var start = (nint)row * _columns;
            float* n = _normalized + start, dx = _dx + start;
            Normalize(_x + start, _residual is null ? null : _residual + start, n, out var scale);

            double sum = 0, product = 0;
            for (var i = 0; i < _columns; i++)
            {
                dx[i] = _gradient[start + i] * _weight[i];
                sum += dx[i];
                product += (double)dx[i] * n[i];
            }

            float mean = (float)(sum / _columns), slope = (float)(product / _columns);
            for (var i = 0; i < _columns; i++)
            {
                dx[i] = (dx[i] - mean - (n[i] * slope)) * scale;
            }
        }
    }

    private void Normalize(float* x, float* residual, float* n, out float scale)
    {
        double sum = 0, squares = 0;
        for (var i = 0; i < _columns; i++)
        {
            n[i] = residual is null ? x[i] : x[i] + residual[i];
            sum += n[i];
        }

        var mean = sum / _columns;
        for (var i = 0; i < _columns; i++)
        {
            squares += (n[i] - mean) * (n[i] - mean);
        }

        var factor = 1 / Math.Sqrt((squares / _columns) + _epsilon);
        for (var i = 0; i < _columns; i++)
        {
            n[i] = (float)((n[i] - mean) * factor);
        }

        scale = (float)factor;
    }
}
